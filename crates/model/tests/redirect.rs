//! Where a user who connects an account may be sent in the end.

#![allow(clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_model::StagingRedirect;
use hubchannel_testkit::cases;
use proptest::prelude::*;

fn is_hubspots(url: &str) -> bool {
    let redirect = StagingRedirect::from_pairs([("accountToken", "a1b2"), ("redirectUrl", url)]).unwrap();
    let checked = redirect.hubspot_redirect_url();
    assert!(checked.is_none_or(|checked| checked == url), "it is handed out unchanged");
    checked.is_some()
}

#[test]
fn a_user_is_sent_to_hubspot_and_nowhere_else() {
    for url in [
        "https://app.hubspot.com",
        "https://app.hubspot.com/live-messages-settings/62515/channels?state=a%20b#c",
        "HTTPS://APP-EU1.HubSpot.com/",
        "https://hubspot.com?x=https://example.com",
    ] {
        assert!(is_hubspots(url), "{url}");
    }
    for url in [
        "",
        "/settings",
        "//app.hubspot.com/",
        "http://app.hubspot.com/",
        "javascript://app.hubspot.com/%0aalert(1)",
        "https://example.com/?x=app.hubspot.com",
        "https://example.com/app.hubspot.com",
        "https://app.hubspot.com.example.com/",
        "https://evilhubspot.com/",
        "https://app.hubspot.com@example.com/",
        "https://example.com#.hubspot.com",
        "https://example.com?.hubspot.com",
        "https://example.com\\.hubspot.com/",
        "https://example.com\t.hubspot.com/",
        "https://app.hubspot.com:8443@example.com/",
        "https:/app.hubspot.com/",
        " https://app.hubspot.com/",
        "https://\u{ff0e}hubspot.com/",
    ] {
        assert!(!is_hubspots(url), "{url}");
    }
    assert_eq!(StagingRedirect::new("a1b2").hubspot_redirect_url(), None);
}

proptest! {
    #![proptest_config(cases())]

    /// Whatever stands where the host does, and is no name under HubSpot's.
    #[test]
    fn no_other_host_is_taken(host in "[a-z.@:%/?#\\\\]{0,8}(example\\.com)?[@/?#\\\\:]", rest in "[a-z.]{0,4}\\.hubspot\\.com") {
        prop_assume!(!host.contains("//"));
        prop_assert!(!is_hubspots(&format!("https://{host}{rest}")), "{}", host);
    }
}
