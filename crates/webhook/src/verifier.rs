//! Whether a request is HubSpot's.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, Method};
use hubchannel_model::Secret;

use crate::{
    PublicUrl, Rejection, SignatureVersion, Verified,
    escape::Decoding,
    forwarded,
    headers::Claim,
    public_url::{has_brace, path_and_query},
    rejection::Reason,
    signature::{Key, Signed},
};

/// Tells requests that HubSpot has signed from all others.
///
/// ```
/// use std::time::SystemTime;
/// use bytes::Bytes;
/// use http::{HeaderMap, Method};
/// use hubchannel_webhook::{Rejection, Verified, Verifier};
///
/// // What stands in the channel's `webhookUrl` before the path, and the client secret of the app that owns the channel.
/// let verifier = Verifier::new("client-secret").public_url("https://bridge.example.com".parse()?);
///
/// /// What a server does with a request: bytes, as they came in.
/// fn receive(verifier: &Verifier, headers: &HeaderMap, body: Bytes, now: SystemTime) -> Result<Verified, Rejection> {
///     verifier.verify(&Method::POST, "/hubspot/events?tenant=acme", headers, body, now)
/// }
/// # Ok::<(), hubchannel_webhook::InvalidPublicUrl>(())
/// ```
///
/// It fails closed: whatever is missing, doubled or odd is a [`Rejection`] that says so. By default it takes signatures of
/// version 3 only (documented), which cover the method, the whole public address, every byte of the body, and a time that
/// must be within five minutes of now, in either direction. Signatures are compared in a time that tells nothing of them.
///
/// HubSpot puts nothing between the parts of what it signs, so that whoever has a signed request may cut it elsewhere: end
/// the query sooner, say, and begin the body with what is missing. That is no JSON, and so a bridge that goes by the query
/// must also have [parsed](Verified::parse) the body. The other way round it is refused here, and so is a time that is
/// not written as a plain number.
///
/// Nothing of the address but path and query is taken from the request: a header such as `Host` says what its sender
/// likes. The rest is the verifier's [`PublicUrl`].
#[derive(Clone, Debug)]
pub struct Verifier {
    pub(crate) keys: Vec<Key>,
    pub(crate) suspects: Vec<Key>,
    pub(crate) place: Place,
    accepts_v1: bool,
    accepts_v2: bool,
}

/// Where HubSpot calls.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Unknown,
    Known(PublicUrl),
    AsForwarded,
}

impl Verifier {
    /// How old a signature may be, and how far from the future: five minutes (documented for the former).
    pub const TOLERANCE: Duration = Duration::from_secs(5 * 60);

    /// Takes what is signed with this secret: the client secret of the app that owns the channel.
    ///
    /// With an empty secret nothing passes. Neither does it before the address is known: see
    /// [`public_url`](Verifier::public_url).
    pub fn new(secret: impl Into<Secret>) -> Self {
        Verifier {
            keys: Key::new(secret.into()).into_iter().collect(),
            suspects: Vec::new(),
            place: Place::Unknown,
            accepts_v1: false,
            accepts_v2: false,
        }
    }

    /// Takes what is signed with this secret as well: the new one, while it takes the place of the old.
    ///
    /// An empty one is left out.
    #[must_use]
    pub fn or_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.keys.extend(Key::new(secret.into()));
        self
    }

    /// Says where HubSpot calls: what stands before the path in the channel's `webhookUrl`.
    #[must_use]
    pub fn public_url(mut self, url: PublicUrl) -> Self {
        self.place = Place::Known(url);
        self
    }

    /// Believes the headers of a proxy, instead of a [`public_url`](Verifier::public_url): the scheme is
    /// `X-Forwarded-Proto`, the host is `X-Forwarded-Host` or else `Host`.
    ///
    /// The risk: who can write these headers chooses which address a signature is held against. Somebody who has got hold
    /// of a request to any other address of the same app (its test system, another customer's bridge) can send it here,
    /// for as long as its time is good. So use this only where every request comes through a proxy that sets both headers
    /// itself and drops those that came in, and only where the address cannot be configured. One proxy, not two: a header
    /// with a list of values is refused. A path that a proxy takes away is lost here.
    #[must_use]
    pub fn trust_forwarded_headers(mut self) -> Self {
        self.place = Place::AsForwarded;
        self
    }

    /// Takes signatures of version 1 too, where a request has none of version 3.
    ///
    /// The risks:
    /// - It signs neither address nor time. Somebody who has seen one request, whichever version it was signed with, if it
    ///   had a signature of version 1 beside it, can send its body again at any time. Keep
    ///   [what was completed](crate::Deliveries) for good then.
    /// - It is no HMAC but a hash of secret and body, one after the other. Somebody who has seen one can append to the body
    ///   and sign that, without the secret (length extension). What comes of it is never UTF-8, so that
    ///   [`Verified::parse`] refuses it; the [bytes](Verified::body) alone prove nothing.
    #[must_use]
    pub fn accept_v1(mut self) -> Self {
        self.accepts_v1 = true;
        self
    }

    /// Takes signatures of version 2 too, where a request has none of version 3.
    ///
    /// The risks are those of [`accept_v1`](Verifier::accept_v1), sending again and appending, but for the address: version 2
    /// signs it, without decoding anything of it.
    #[must_use]
    pub fn accept_v2(mut self) -> Self {
        self.accepts_v2 = true;
        self
    }

    /// Names a secret that [`explain`](Verifier::explain) tries and that never lets anything pass: those of the other apps
    /// which somebody may have mixed up.
    #[must_use]
    pub fn suspect(mut self, secret: impl Into<Secret>) -> Self {
        self.suspects.extend(Key::new(secret.into()));
        self
    }

    /// Tells whether HubSpot has signed this request.
    ///
    /// `target` is path and query as they came in, before any router took a part away or decoded anything; of a whole
    /// address only these are used. `body` is every byte of the body as it came in, never JSON that was read and written
    /// again. `now` is the time of day.
    ///
    /// # Errors
    /// When it is not signed as it should be, or when this verifier cannot tell. Answer with
    /// [`Rejection::status`] and keep the reason for the log.
    pub fn verify(
        &self,
        method: &Method,
        target: &str,
        headers: &HeaderMap,
        body: impl Into<Bytes>,
        now: SystemTime,
    ) -> Result<Verified, Rejection> {
        let claim = self.claim(headers, now)?;
        let body = body.into();
        let signed = self.signed(&claim, method, target, headers, &body)?;
        match self.keys.iter().position(|key| key.is_tag(&signed, &claim.tag)) {
            Some(secret) => Ok(Verified {
                body,
                version: claim.version,
                signed_at: claim.signed_at,
                secret,
            }),
            None => Err(Reason::Mismatch(claim.version).into()),
        }
    }

    /// What the headers claim, as far as it can be judged without the body.
    pub(crate) fn claim<'h>(&self, headers: &'h HeaderMap, now: SystemTime) -> Result<Claim<'h>, Rejection> {
        if self.keys.is_empty() {
            return Err(Reason::NoSecret.into());
        }
        if let Place::Unknown = self.place {
            return Err(Reason::NoPublicUrl.into());
        }
        let claim = Claim::read(headers)?;
        match claim.version {
            SignatureVersion::V1 if !self.accepts_v1 => return Err(Reason::VersionNotAccepted(claim.version).into()),
            SignatureVersion::V2 if !self.accepts_v2 => return Err(Reason::VersionNotAccepted(claim.version).into()),
            _ => {}
        }
        claim.signed_at.map_or(Ok(()), |signed_at| is_recent(signed_at, now))?;
        Ok(claim)
    }

    /// What HubSpot has signed, if all is right.
    pub(crate) fn signed<'a>(
        &'a self,
        claim: &Claim<'a>,
        method: &'a Method,
        target: &'a str,
        headers: &'a HeaderMap,
        body: &'a [u8],
    ) -> Result<Signed<'a>, Rejection> {
        if has_brace(target) {
            return Err(Reason::BraceInTarget.into());
        }
        let uri = match &self.place {
            Place::Unknown => return Err(Reason::NoPublicUrl.into()),
            Place::Known(url) => url.pieces(target).ok_or(Reason::Target)?,
            Place::AsForwarded => {
                let rest = path_and_query(target).ok_or(Reason::Target)?;
                let [scheme, colon, host] = forwarded::origin(headers)?;
                [scheme, colon, host, rest]
            }
        };
        Ok(Signed {
            version: claim.version,
            method: method.as_str(),
            uri,
            decoding: Decoding::Documented,
            body,
            timestamp: claim.timestamp,
        })
    }
}

fn is_recent(signed_at: SystemTime, now: SystemTime) -> Result<(), Rejection> {
    match now.duration_since(signed_at) {
        Ok(age) if age > Verifier::TOLERANCE => Err(Reason::Stale(age).into()),
        Err(error) if error.duration() > Verifier::TOLERANCE => Err(Reason::Future(error.duration()).into()),
        _ => Ok(()),
    }
}
