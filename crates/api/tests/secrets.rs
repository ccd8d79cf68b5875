//! What must not be shown is not shown.

use hubchannel_api::redact::Path;

#[test]
fn a_path_is_shown_without_the_token_in_it() {
    let before = "/conversations/v3/custom-channels/7/channel-account-staging-tokens";
    for token in [
        "/SECRET",
        "/SECRET/",
        "//SECRET",
        "/a/SECRET",
        "/SEC%2FRET",
        "%2FSECRET",
        "%2fSECRET/x",
        "/…SECRET",
        ".SECRET",
    ] {
        assert_eq!(Path(&format!("{before}{token}")).to_string(), format!("{before}/…"), "{token}");
    }
    for spelling in [
        "channel%2Daccount-staging-tokens",
        "Channel-Account-Staging-Tokens",
        "%63hannel-account-staging-tokens",
    ] {
        let path = format!("https://example.com/x/{spelling}/SECRET?hapikey=SECRET");
        let shown = "https://example.com/x/channel-account-staging-tokens/…";
        assert_eq!(Path(&path).to_string(), shown);
        assert_eq!(format!("{:?}", Path(&path)), format!("{shown:?}"));
    }
}

#[test]
fn any_other_path_is_shown_as_it_is() {
    for path in [
        "",
        "/",
        "//",
        "/a//b/",
        "a/%2F%FF/\u{e9}",
        "/x/channel-account-staging-tokens",
    ] {
        assert_eq!(Path(path).to_string(), path);
        assert_eq!(Path(&format!("{path}?hapikey=SECRET#SECRET")).to_string(), path);
    }
}
