//! The credentials that the operations ask for, and how these travel.

use std::collections::{BTreeMap, BTreeSet};

use hubchannel_api::{ApiVersion, AuthorizeUrl, BaseUrl, Credential, Operation as _, RequestToken, Segment};

use crate::schema::contract::{Flow, Requirement, Scheme};

pub(super) fn security(credential: Credential, scopes: &[&str]) -> BTreeSet<Requirement> {
    match credential {
        Credential::PortalToken => {
            let scope = |scope: &&str| Requirement::from([(OAUTH.to_owned(), BTreeSet::from([(*scope).to_owned()]))]);
            scopes.iter().map(scope).collect()
        }
        Credential::DeveloperKey => [Requirement::from([(KEY.to_owned(), BTreeSet::new())])].into(),
        _ => BTreeSet::new(),
    }
}

/// What HubSpot calls the token of a portal.
const OAUTH: &str = "oauth2";

/// What HubSpot calls the key of a developer.
const KEY: &str = "developer_hapikey";

/// How the credentials travel that the operations ask for, and where those that are not given out by hand are got. Which
/// scopes there are is said by the operations.
pub(super) fn schemes(version: ApiVersion) -> BTreeMap<String, Scheme> {
    let facts = |facts: &[(&str, &str)]| {
        let facts = facts.iter();
        facts
            .map(|(name, fact)| ((*name).to_owned(), (*fact).to_owned()))
            .collect()
    };
    // As the developer's key is written beside the app's id.
    let key = Scheme {
        facts: facts(&[("type", "apiKey"), ("in", "query"), ("name", "hapikey")]),
        ..Scheme::default()
    };
    let page = AuthorizeUrl::new("", "").to_string();
    let mut token = format!("{}{}", BaseUrl::default().as_str(), RequestToken::INFO.area.base(version));
    for segment in RequestToken::INFO.path {
        if let Segment::Literal(literal) = segment {
            token.push('/');
            token.push_str(literal);
        }
    }
    let flow = Flow {
        urls: facts(&[
            ("authorizationUrl", page.split('?').next().unwrap_or_default()),
            ("tokenUrl", &token),
        ]),
        ..Flow::default()
    };
    let oauth = Scheme {
        facts: facts(&[("type", "oauth2")]),
        flows: [("authorizationCode".to_owned(), flow)].into(),
    };
    [(OAUTH.to_owned(), oauth), (KEY.to_owned(), key)].into()
}
