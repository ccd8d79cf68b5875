//! Bodies that are forms.

use std::borrow::Cow;

use http::HeaderValue;
use percent_encoding::utf8_percent_encode;

use super::RESERVED;
use crate::Body;

pub(super) const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

pub(super) fn write(pairs: &[(&str, Cow<'_, str>)]) -> Body {
    let mut form = String::with_capacity(256);
    for (name, value) in pairs {
        if !form.is_empty() {
            form.push('&');
        }
        form.extend(utf8_percent_encode(name, RESERVED));
        form.push('=');
        form.extend(utf8_percent_encode(value, RESERVED));
    }
    Body::from(form)
}
