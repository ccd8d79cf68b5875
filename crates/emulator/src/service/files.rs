//! The operations on files, and the host that files are downloaded from.

use http::{
    HeaderValue, Method, Request, Response,
    header::{CONTENT_TYPE, HOST},
};
use hubchannel_api::{
    Body, GetSignedUrl, UploadFile,
    model::{
        DuplicateValidationScope, DuplicateValidationStrategy, Field, FileAccess, FileId, Secret, SignedUrl,
        UploadedFile,
    },
    server::{self, AnyCall, ReadError},
};

use super::{
    Desk,
    body::bytes,
    draft::{named, require},
    refusal::Refusal,
    success,
};
use crate::{
    changes::ChangeKind,
    escape::with_query,
    state::{DOWNLOADS, NewFile, State, StoredFile, end_after},
};

/// How many seconds a signed address is good where the request does not say.
const SIGNED_FOR: u64 = 3_600;

/// For a portal.
pub(super) fn act(desk: Desk<'_>, portal_id: u64) -> Result<Response<Body>, Refusal> {
    let call = match desk.try_read()? {
        Err(ReadError::Form("the file has no name")) => return Err(Refusal::nameless_file()),
        Err(ReadError::Form(problem)) => return Err(Refusal::bad_form(problem)),
        Err(ReadError::Body(error)) => {
            return Err(Refusal::invalid(format!("{}: {}", error.path(), error.reason())));
        }
        call => desk.readable(call)?,
    };
    match call {
        AnyCall::UploadFile(call) => upload(desk, portal_id, *call),
        AnyCall::GetSignedUrl(call) => {
            let id = &call.file_id;
            let file = desk.state.files.get(portal_id, id).cloned();
            let file = file.ok_or_else(|| Refusal::no_file(id.as_str()))?;
            let seconds = call.query.expiration_seconds.unwrap_or(SIGNED_FOR);
            let end = end_after(desk.now, seconds).ok_or_else(|| Refusal::invalid("expirationSeconds is too large"))?;
            let state = &mut *desk.state;
            let signature = state.files.sign(&mut state.ids, id, end);
            let address = with_query(&address(desk.request, &file), [("signature", signature.expose())]);
            let signed = SignedUrl::build(|signed| {
                signed.url = Secret::from(address).into();
                signed.expires_at = Field::Value(end.into());
                signed.name = file.shown.name;
                signed.extension = file.shown.extension;
                signed.r#type = file.shown.r#type;
                signed.size = file.shown.size;
            });
            success::<GetSignedUrl>(&signed, None)
        }
        _ => Err(Refusal::internal()),
    }
}

fn upload(desk: Desk<'_>, portal_id: u64, call: UploadFile) -> Result<Response<Body>, Refusal> {
    let options = call.file.options;
    named("FileAccess", options.access.as_ref(), FileAccess::NAMED)?;
    let strategy = options.duplicate_validation_strategy.into_option();
    named("DuplicateValidationStrategy", strategy.as_ref(), DuplicateValidationStrategy::NAMED)?;
    let scope = options.duplicate_validation_scope.into_option();
    named("DuplicateValidationScope", scope.as_ref(), DuplicateValidationScope::NAMED)?;
    require(&[("access", options.access.is_value())], desk.end())?;
    if call.file.file_name.is_empty() {
        return Err(Refusal::nameless_file());
    }
    let new = NewFile {
        portal_id,
        name: call.file.file_name,
        folder: call.file.folder,
        access: options.access.into_option().unwrap_or(FileAccess::Private),
        overwrite: options.overwrite.into_option().unwrap_or(false),
        strategy,
        scope,
        content: bytes(&call.content).to_vec().into(),
        media_type: call.media_type,
    };
    let state = &mut *desk.state;
    let file = state
        .files
        .store(&mut state.ids, new, desk.now)
        .map_err(|duplicate| Refusal::file_is_there(&duplicate))?;
    let id = file.shown.id.as_ref().map(ToString::to_string);
    state.changes.note_in(ChangeKind::File, id, None);
    success::<UploadFile>(&shown(desk.request, &file), None)
}

/// The file as an answer shows it, with its address.
fn shown(request: &Request<Body>, file: &StoredFile) -> UploadedFile {
    let mut shown = file.shown.clone();
    shown.url = Field::Value(address(request, file).into());
    shown
}

/// Where the file can be had, on the host that the request was made to.
pub(super) fn address(request: &Request<Body>, file: &StoredFile) -> String {
    let uri = request.uri();
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let (scheme, host) = match (uri.scheme_str(), uri.authority()) {
        (Some(scheme), Some(authority)) => (scheme, authority.as_str()),
        // The emulator's server is not encrypted.
        _ => ("http", host.unwrap_or("localhost")),
    };
    format!("{scheme}://{host}{}", file.path())
}

/// The content of a file, where the request is for one: public ones for everybody, others for who has a signed address.
pub(super) fn download(
    state: &State,
    now: std::time::SystemTime,
    request: &Request<Body>,
) -> Option<Result<Response<Body>, Refusal>> {
    let rest = request.uri().path().strip_prefix(DOWNLOADS)?;
    if request.method() != Method::GET {
        return None;
    }
    let id = rest.split('/').next().unwrap_or_default();
    let pairs = server::query_pairs(request);
    let signature = pairs.iter().find(|(name, _)| name == "signature");
    let signature = signature.map(|(_, value)| Secret::from(value.as_str()));
    let file = state.files.any(id).filter(|file| {
        let public = matches!(
            file.shown.access.as_ref(),
            Some(
                FileAccess::PublicIndexable
                    | FileAccess::PublicNotIndexable
                    | FileAccess::HiddenIndexable
                    | FileAccess::HiddenNotIndexable
            )
        );
        let is_signed = |signature| state.files.is_signed(&FileId::from(id), signature, now);
        public || signature.as_ref().is_some_and(is_signed)
    });
    Some(file.map(content).ok_or_else(Refusal::no_page))
}

fn content(file: &StoredFile) -> Response<Body> {
    let mut response = Response::new(Body::from(file.content.clone()));
    let declared = file
        .media_type
        .as_deref()
        .and_then(|media_type| HeaderValue::from_str(media_type).ok());
    let declared = declared.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    response.headers_mut().insert(CONTENT_TYPE, declared);
    response
}
