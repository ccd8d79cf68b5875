//! The inbox page: files that are part of the program, and the policy that keeps everything else out of it.

use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, Method, Response, StatusCode,
    header::{ALLOW, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION},
};

/// The page's address, and with what is behind it those of its files.
const PAGE: &str = "/_emulator/";

/// Scripts, styles, images and connections of the emulator's own, and nothing else: what a message manages to bring into
/// the page has nowhere to come from and nowhere to go.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct File {
    name: &'static str,
    media_type: &'static str,
    text: &'static str,
}

macro_rules! files {
    ($($media_type:literal: $($name:literal)*;)*) => {
        &[$($(File {
            name: $name,
            media_type: $media_type,
            text: include_str!(concat!("../../assets/", $name)),
        },)*)*]
    };
}

/// The first is the page itself.
const FILES: &[File] = files! {
    "text/html; charset=utf-8": "index.html";
    "image/svg+xml": "icon.svg";
    "text/css; charset=utf-8":
        "style/base.css" "style/controls.css" "style/layout.css" "style/list.css" "style/setup.css" "style/thread.css"
        "style/traffic.css";
    "text/javascript; charset=utf-8":
        "script/api.js" "script/app.js" "script/attachment.js" "script/clock.js" "script/composer.js" "script/copy.js"
        "script/detail.js" "script/dom.js" "script/faults.js" "script/files.js" "script/form.js" "script/format.js"
        "script/guide.js" "script/json.js" "script/keys.js" "script/list.js" "script/live.js" "script/logs.js"
        "script/message.js" "script/people.js" "script/rich.js" "script/roving.js" "script/setup.js" "script/start.js"
        "script/store.js" "script/sync.js" "script/thread.js" "script/traffic.js" "script/views.js";
};

/// Answers what asks for the page or one of its files; `None` for anything else.
pub(super) fn answer(method: &Method, path: &str) -> Option<Response<Bytes>> {
    if path == PAGE.trim_end_matches('/') {
        let mut moved = empty(StatusCode::PERMANENT_REDIRECT);
        moved.headers_mut().insert(LOCATION, HeaderValue::from_static(PAGE));
        return Some(moved);
    }
    let name = path.strip_prefix(PAGE)?;
    let file = match name {
        "" => FILES.first()?,
        _ => FILES.iter().find(|file| file.name == name)?,
    };
    if method != Method::GET && method != Method::HEAD {
        let mut refusal = empty(StatusCode::METHOD_NOT_ALLOWED);
        refusal
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return Some(refusal);
    }
    let mut response = Response::new(Bytes::from_static(file.text.as_bytes()));
    let headers = [
        (CONTENT_TYPE, file.media_type),
        (CONTENT_SECURITY_POLICY, POLICY),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Some(response)
}

fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    fn names(folder: &Path, prefix: &str, into: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                names(&path, &format!("{name}/"), into);
            } else {
                into.insert(name);
            }
        }
    }

    #[test]
    fn every_file_is_served_and_none_that_is_not_there() {
        let mut there = BTreeSet::new();
        names(&Path::new(env!("CARGO_MANIFEST_DIR")).join("assets"), "", &mut there);
        let served: BTreeSet<String> = FILES.iter().map(|file| file.name.to_owned()).collect();
        assert_eq!(served, there);
        for path in [
            "/_emulator/script/none.js",
            "/_emulator/../Cargo.toml",
            "/_emulatorx",
            "/",
        ] {
            assert!(answer(&Method::GET, path).is_none(), "{path}");
        }
    }

    #[test]
    fn every_module_that_is_imported_is_served() {
        for file in FILES.iter().filter(|file| file.name.ends_with(".js")) {
            for import in file.text.lines().filter_map(|line| line.split_once(" from \"./")) {
                let name = import.1.trim_end_matches("\";");
                let name = format!("script/{name}");
                assert!(FILES.iter().any(|file| file.name == name), "{} imports {name}", file.name);
            }
        }
    }

    #[test]
    fn the_page_keeps_everything_foreign_out() {
        for path in ["/_emulator/", "/_emulator/script/app.js"] {
            let page = answer(&Method::GET, path).unwrap();
            assert_eq!(page.status(), StatusCode::OK);
            assert_eq!(
                page.headers()[CONTENT_SECURITY_POLICY],
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                 base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            );
        }
    }

    #[test]
    fn the_page_is_at_one_address_and_only_read() {
        let moved = answer(&Method::GET, "/_emulator").unwrap();
        assert_eq!(moved.status(), StatusCode::PERMANENT_REDIRECT);
        assert_eq!(moved.headers()[LOCATION], "/_emulator/");
        let refused = answer(&Method::POST, "/_emulator/").unwrap();
        assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}
