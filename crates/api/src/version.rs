//! The versions of HubSpot's API.

use std::{fmt, str::FromStr};

/// A version of HubSpot's API. The bodies are the same in all of them; the paths differ.
///
/// ```
/// use hubchannel_api::ApiVersion;
///
/// let version: ApiVersion = "2026-03".parse()?;
/// assert_eq!(version.base(), "/conversations/custom-channels/2026-03");
/// assert_eq!(ApiVersion::default(), ApiVersion::V3);
/// # Ok::<(), hubchannel_api::UnknownApiVersion>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ApiVersion {
    /// `v3`: what all documentation and nearly all integrations use, and what HubSpot goes on supporting (documented).
    #[default]
    V3,
    /// `2025-09`.
    V2025_09,
    /// `2026-03`.
    V2026_03,
    /// `2026-09`.
    V2026_09,
}

impl ApiVersion {
    /// Every version, oldest first.
    pub const ALL: [ApiVersion; 4] = [
        ApiVersion::V3,
        ApiVersion::V2025_09,
        ApiVersion::V2026_03,
        ApiVersion::V2026_09,
    ];

    /// The version's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            ApiVersion::V3 => "v3",
            ApiVersion::V2025_09 => "2025-09",
            ApiVersion::V2026_03 => "2026-03",
            ApiVersion::V2026_09 => "2026-09",
        }
    }

    /// The path that those of all operations on custom channels start with; [`Area`](crate::Area) has the others.
    pub const fn base(self) -> &'static str {
        match self {
            ApiVersion::V3 => "/conversations/v3/custom-channels",
            ApiVersion::V2025_09 => "/conversations/custom-channels/2025-09",
            ApiVersion::V2026_03 => "/conversations/custom-channels/2026-03",
            ApiVersion::V2026_09 => "/conversations/custom-channels/2026-09",
        }
    }

    /// The other start of a path that a server should know too: HubSpot's description of `v3` has one that follows the
    /// pattern of the dated versions.
    pub const fn alias(self) -> Option<&'static str> {
        match self {
            ApiVersion::V3 => Some("/conversations/custom-channels/v3"),
            _ => None,
        }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// There is no such version of the API.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown API version {0:?}; known are v3, 2025-09, 2026-03 and 2026-09")]
pub struct UnknownApiVersion(String);

impl FromStr for ApiVersion {
    type Err = UnknownApiVersion;

    fn from_str(name: &str) -> Result<Self, UnknownApiVersion> {
        ApiVersion::ALL
            .into_iter()
            .find(|version| version.as_str() == name)
            .ok_or_else(|| UnknownApiVersion(name.to_owned()))
    }
}
