//! The areas of HubSpot's API that a bridge has to do with.

use crate::ApiVersion;

/// An area of HubSpot's API. Its operations are under one path in each version.
///
/// ```
/// use hubchannel_api::{ApiVersion, Area};
///
/// assert_eq!(Area::CustomChannels.base(ApiVersion::V3), "/conversations/v3/custom-channels");
/// assert_eq!(Area::Conversations.base(ApiVersion::V3), "/conversations/v3/conversations");
/// assert_eq!(Area::OAuth.base(ApiVersion::V2026_03), "/oauth/2026-03");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Area {
    /// Channels, their accounts and messages.
    CustomChannels,
    /// Inboxes, threads and actors.
    Conversations,
    /// Files of the portal.
    Files,
    /// Tokens of portals.
    OAuth,
    /// Anything else, with whole paths: what a [`CallEndpoint`](crate::CallEndpoint) asks.
    Other,
}

impl Area {
    /// Every area whose operations have a path in common.
    pub const ALL: [Area; 4] = [Area::CustomChannels, Area::Conversations, Area::Files, Area::OAuth];

    /// The path that those of the area's operations start with.
    ///
    /// Where no path of a dated version is known it is that of `v3`, which HubSpot goes on supporting (documented): in
    /// `2025-09` and `2026-03` for [`Conversations`](Area::Conversations), in `2025-09` for [`OAuth`](Area::OAuth). Of
    /// `2026-09` that of conversations is described. Of [`Files`](Area::Files) that of `2026-03` is documented; of the
    /// others, neighbours of these operations are described under it.
    pub const fn base(self, version: ApiVersion) -> &'static str {
        match (self, version) {
            (Area::CustomChannels, version) => version.base(),
            (Area::Conversations, ApiVersion::V3 | ApiVersion::V2025_09 | ApiVersion::V2026_03) => {
                "/conversations/v3/conversations"
            }
            (Area::Conversations, ApiVersion::V2026_09) => "/conversations/conversations/2026-09",
            (Area::Files, ApiVersion::V3) => "/files/v3/files",
            (Area::Files, ApiVersion::V2025_09) => "/files/2025-09/files",
            (Area::Files, ApiVersion::V2026_03) => "/files/2026-03/files",
            (Area::Files, ApiVersion::V2026_09) => "/files/2026-09/files",
            (Area::OAuth, ApiVersion::V3 | ApiVersion::V2025_09) => "/oauth/v3",
            (Area::OAuth, ApiVersion::V2026_03) => "/oauth/2026-03",
            (Area::OAuth, ApiVersion::V2026_09) => "/oauth/2026-09",
            (Area::Other, _) => "",
        }
    }

    /// The other start of a path that a server should know too: [`ApiVersion::alias`], and for OAuth that of `v1`, whose
    /// token endpoint takes the same form.
    pub const fn alias(self, version: ApiVersion) -> Option<&'static str> {
        match (self, version) {
            (Area::CustomChannels, version) => version.alias(),
            (Area::OAuth, ApiVersion::V3) => Some("/oauth/v1"),
            _ => None,
        }
    }
}
