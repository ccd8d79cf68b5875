//! The developer's API key.

use hubchannel_api::model::{AppId, Secret};

/// The API key of a developer's account, with the app that it is used for: what the operations on channels themselves
/// need.
///
/// ```
/// use hubchannel_middleware::DeveloperKey;
///
/// let key = DeveloperKey::new("40776849", "eu1-not-to-be-seen");
/// assert!(!format!("{key:?}").contains("eu1"));
/// ```
///
/// It travels in the address's query, as `hapikey` and `appId` (documented), so that whatever logs addresses whole shows
/// it. Nothing in this library does.
#[derive(Clone, Debug)]
pub struct DeveloperKey {
    app_id: AppId,
    key: Secret,
}

impl DeveloperKey {
    /// The key of the account that owns this app.
    pub fn new(app_id: impl Into<AppId>, key: impl Into<Secret>) -> Self {
        DeveloperKey {
            app_id: app_id.into(),
            key: key.into(),
        }
    }

    /// The app.
    pub fn app_id(&self) -> &AppId {
        &self.app_id
    }

    pub(super) fn secret(&self) -> &Secret {
        &self.key
    }

    /// A path and query with the key in the query, or why there is none.
    pub(super) fn in_query(&self, path_and_query: &str) -> Result<String, &'static str> {
        let (key, app_id) = (self.key.expose(), self.app_id.as_str());
        if key.is_empty() {
            return Err("the developer's API key is empty");
        }
        if key.contains(char::is_whitespace) {
            return Err("the developer's API key has blanks or line ends in it; it is one word");
        }
        if !self.app_id.is_digits() {
            return Err("the app's id beside the developer's API key is no number");
        }
        let mut address = String::with_capacity(path_and_query.len() + key.len() + app_id.len() + 16);
        address.push_str(path_and_query);
        address.push(if path_and_query.contains('?') { '&' } else { '?' });
        address.push_str("hapikey=");
        for byte in key.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => address.push(char::from(byte)),
                _ => address.push_str(&format!("%{byte:02X}")),
            }
        }
        address.push_str("&appId=");
        address.push_str(app_id);
        Ok(address)
    }
}
