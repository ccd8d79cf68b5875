//! Forms with a file in them, read as the client writes them.

use bytes::Bytes;
use hubchannel_model::NewFile;

use super::ReadError;
use crate::UploadFile;

/// The boundary that a media type names, if it is that of such a form.
pub(super) fn boundary(media_type: &str) -> Option<&str> {
    let (essence, parameters) = media_type.split_once(';')?;
    if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (name.trim().eq_ignore_ascii_case("boundary") && !value.is_empty()).then_some(value)
    })
}

/// One field of a form.
struct Part<'b> {
    head: &'b str,
    content: Bytes,
}

/// Reads a form.
pub(super) fn read(body: &Bytes, boundary: &str) -> Result<UploadFile, ReadError> {
    let mut fields = Vec::new();
    let mut file = None;
    for part in parts(body, boundary).ok_or(ReadError::Form("its parts cannot be told apart"))? {
        let name = part.parameter("name").ok_or(ReadError::Form("a part has no name"))?;
        if name == "file" {
            file = Some(part);
        } else {
            let value = String::from_utf8(part.content.to_vec()).map_err(|_| ReadError::Form("a field is no text"))?;
            fields.push((name, value));
        }
    }
    let file = file.ok_or(ReadError::Form("there is no file"))?;
    if file.parameter("filename").is_none() {
        return Err(ReadError::Form("the file has no name"));
    }
    let described = NewFile::from_fields(fields).map_err(ReadError::Body)?;
    let mut call = UploadFile::new(described, file.content.clone());
    call.media_type = file.header("content-type").map(str::to_owned);
    call.boundary = Some(boundary.to_owned());
    Ok(call)
}

fn parts<'b>(body: &'b Bytes, boundary: &str) -> Option<Vec<Part<'b>>> {
    let line = format!("--{boundary}");
    let separator = format!("\r\n{line}");
    let mut at = line.len();
    if !body.starts_with(line.as_bytes()) {
        at += find(body, separator.as_bytes())? + "\r\n".len();
    }
    let mut parts = Vec::new();
    loop {
        let rest = body.get(at..)?;
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        let start = rest.strip_prefix(b"\r\n")?;
        let head = find(start, b"\r\n\r\n")?;
        let content = at + "\r\n".len() + head + "\r\n\r\n".len();
        let length = find(body.get(content..)?, separator.as_bytes())?;
        parts.push(Part {
            head: std::str::from_utf8(start.get(..head)?).ok()?,
            content: body.slice(content..content + length),
        });
        at = content + length + separator.len();
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

impl<'b> Part<'b> {
    fn header(&self, name: &str) -> Option<&'b str> {
        self.head.split("\r\n").find_map(|line| {
            let (candidate, value) = line.split_once(':')?;
            candidate.trim().eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// A parameter of the disposition. A quotation mark within one is escaped as browsers do it.
    fn parameter(&self, name: &str) -> Option<&'b str> {
        let disposition = self.header("content-disposition")?;
        let start = disposition.find(&format!("; {name}=\""))? + name.len() + "; =\"".len();
        disposition.get(start..)?.split('"').next()
    }
}
