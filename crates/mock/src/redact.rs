//! What of a message may be printed.

use std::fmt;

use http::HeaderMap;

/// Headers whose values are shown. All others may hold a token or a cookie, and show their names only.
const SHOWN: &[&str] = &[
    "accept",
    "allow",
    "content-length",
    "content-type",
    "date",
    "retry-after",
    "user-agent",
    "x-hubspot-correlation-id",
];

/// Headers with the values of those that hold no secrets.
pub(crate) struct Headers<'a>(pub(crate) &'a HeaderMap);

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = f.debug_map();
        for (name, value) in self.0 {
            if is_shown(name.as_str()) {
                map.entry(&name.as_str(), value);
            } else {
                map.entry(&name.as_str(), &format_args!("…"));
            }
        }
        map.finish()
    }
}

pub(crate) fn is_shown(name: &str) -> bool {
    SHOWN.contains(&name)
}
