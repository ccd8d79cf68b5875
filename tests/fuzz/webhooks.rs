//! What the fuzz target of webhooks does with its input.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use hubchannel_model::{ChannelEvents, ConversationEvents};
use hubchannel_webhook::{
    AgentReply, DeliveryKey, SIGNATURE_V3_HEADER, Signer, TIMESTAMP_HEADER, Threading, Verified, Verifier,
    inline_images,
};

/// The secret that HubSpot's examples are signed with, so that seeds may be.
const SECRET: &str = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
const PUBLIC: &str = "https://bridge.example.com";

/// A request as it stands in the input: `METHOD target`, then headers, then an empty line, then the body.
struct Request<'i> {
    method: Method,
    target: &'i str,
    headers: HeaderMap,
    body: &'i [u8],
}

impl<'i> Request<'i> {
    fn read(input: &'i [u8]) -> Option<Self> {
        let (first, mut rest) = line(input)?;
        let (method, target) = std::str::from_utf8(first).ok()?.split_once(' ')?;
        let mut headers = HeaderMap::new();
        while let Some((header, after)) = line(rest) {
            rest = after;
            if header.is_empty() {
                break;
            }
            let colon = header.iter().position(|byte| *byte == b':')?;
            let name = HeaderName::from_bytes(&header[..colon]).ok()?;
            headers.append(name, HeaderValue::from_bytes(header[colon + 1..].trim_ascii()).ok()?);
        }
        Some(Request {
            method: Method::from_bytes(method.as_bytes()).ok()?,
            target,
            headers,
            body: rest,
        })
    }

    /// The time that the request says, or else one that is good enough.
    fn now(&self) -> SystemTime {
        let said = self
            .headers
            .get(TIMESTAMP_HEADER)
            .and_then(|time| time.to_str().ok()?.parse().ok());
        UNIX_EPOCH + Duration::from_millis(said.unwrap_or(1_780_000_000_000_u64).min(1 << 50))
    }

    fn url(&self) -> Option<String> {
        PUBLIC.parse::<hubchannel_webhook::PublicUrl>().unwrap().of(self.target)
    }

    fn verify(&self, verifier: &Verifier, headers: &HeaderMap) -> Option<Verified> {
        let body = self.body.to_vec();
        match verifier.verify(&self.method, self.target, headers, body, self.now()) {
            Ok(verified) => Some(verified),
            Err(rejection) => {
                assert!(!rejection.to_string().contains(SECRET));
                None
            }
        }
    }
}

/// A line without its end, and what follows it.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let line = &bytes[..end];
    Some((line.strip_suffix(b"\r").unwrap_or(line), &bytes[end + 1..]))
}

/// A request comes in: nothing but what the signer makes passes, what it makes passes, and whatever passes is read.
pub fn webhooks(input: &[u8]) {
    let Some(request) = Request::read(input) else { return };
    let verifier = Verifier::new("another")
        .or_secret(SECRET)
        .public_url(PUBLIC.parse().unwrap());

    let url = request.url();
    let signer = Signer::new(SECRET);
    match (request.verify(&verifier, &request.headers), &url) {
        (Some(verified), Some(url)) => {
            let same = signer.sign(&request.method, url, request.body, verified.signed_at().unwrap());
            let is_plain = same[TIMESTAMP_HEADER] == request.headers[TIMESTAMP_HEADER];
            assert!(!is_plain || same[SIGNATURE_V3_HEADER] == request.headers[SIGNATURE_V3_HEADER]);
            assert_eq!(verified.secret_index(), 1);
        }
        (Some(_), None) => panic!("passed without an address"),
        (None, _) => explain(&verifier, &request),
    }
    for other in [
        verifier.clone().accept_v1().accept_v2(),
        Verifier::new(SECRET).trust_forwarded_headers(),
    ] {
        request.verify(&other, &request.headers);
    }

    if let Some(url) = url {
        let headers = signer.sign(&request.method, &url, request.body, request.now());
        let verified = request.verify(&verifier, &headers).expect("what is signed passes");
        let mut changed = request.body.to_vec();
        changed.push(b' ');
        let outcome = verifier.verify(&request.method, request.target, &headers, changed, request.now());
        assert!(outcome.is_err(), "a changed body passed");
        read(&verified);
    }
}

fn explain(verifier: &Verifier, request: &Request<'_>) {
    let (target, body) = (request.target, request.body.to_vec());
    let explanation = verifier.explain(&request.method, target, &request.headers, body, request.now());
    assert!(explanation.rejection().is_some());
    let shown = explanation.to_string();
    assert!(!shown.contains(SECRET) && shown.starts_with("rejected: "));
}

/// Everything that is made of a body that passed.
fn read(verified: &Verified) {
    let Ok(events) = verified.parse() else {
        assert!(verified.parse_conversation_events().is_err(), "any JSON is read as either");
        return;
    };
    channel(&events);
    if let Ok(events) = verified.parse_conversation_events() {
        subscriptions(&events);
    }
}

fn channel(events: &ChannelEvents) {
    for event in events {
        is_key(&DeliveryKey::of(event));
        if let Some(reply) = AgentReply::of(event) {
            is_key(&reply.delivery_key());
            match reply.own_thread_ids() {
                Ok(ids) => assert_eq!(ids.is_empty(), reply.threading() == Threading::Participants),
                Err(error) => {
                    assert_eq!(reply.threading(), Threading::Unreadable);
                    assert!(event.odd_members().iter().any(|odd| error.path().starts_with(odd)), "{error}");
                }
            }
            assert!(reply.recipients().count() >= usize::from(reply.recipient().is_some()));
            assert!(reply.files().count() <= reply.attachments().len());
            let html = reply.rich_text().unwrap_or_default();
            assert!(reply.inline_images().count() <= html.len() / "<img src=a>".len() + 1);
            assert_eq!(reply.inline_images().count(), inline_images(html).count());
        }
    }
}

fn subscriptions(events: &ConversationEvents) {
    for event in events {
        is_key(&DeliveryKey::of_conversation_event(event));
    }
}

fn is_key(key: &DeliveryKey) {
    let text = key.as_str();
    assert!(!text.is_empty() && text.len() <= DeliveryKey::MAX_LENGTH);
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
}
