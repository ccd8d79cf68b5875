//! Images are found in HTML that is written badly, and not in what only looks like one.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a failing test is how this reports")]

use hubchannel_testkit::cases;
use hubchannel_webhook::{ImageSource, inline_images};
use proptest::prelude::*;

fn sources(html: &str) -> Vec<String> {
    let source = |source: ImageSource| match source {
        ImageSource::Web(url) => format!("web {}", url.as_str()),
        ImageSource::Data(url) => format!("data {}", url.as_str()),
        ImageSource::Other(url) => format!("other {}", url.as_str()),
        _ => panic!("a source of a new kind"),
    };
    inline_images(html).map(|image| source(image.source)).collect()
}

#[test]
fn images_are_found_however_they_are_written() {
    for html in [
        r#"<img src="https://a.example/1">"#,
        "<img src='https://a.example/1'>",
        "<img src=https://a.example/1>",
        "<IMG\n\tSRC\n=\r\n\"https://a.example/1\"/>",
        r#"<img/src="https://a.example/1"/alt=x>"#,
        r#"<p>1 < 2 && 3 > 2 <b><img width=1 data-src="no" src="https://a.example/1" src="no"></p>"#,
        r#"<img src=" https://a.exam&#x70;le/&#49; ">"#,
        "<img src=\"ht\ntps://a.example/\t1\">",
        r#"<img alt="a > b <img src='no'>" src="https://a.example/1">"#,
        r#"<svg><img src="https://a.example/1"></svg>"#,
        r#"<!-- <img src=no> --><img src="https://a.example/1">"#,
        r#"<script>"<img src=no>"</script><style><img src=no></style><img src="https://a.example/1">"#,
        r#"<textarea><img src=no></textarea><title><img src=no></title><img src="https://a.example/1">"#,
        r#"</img src=no><img><img src><img src=""><img src="  "><image src=no><imgs src=no><img src="https://a.example/1">"#,
        "<<img src=https://a.example/1>",
        "<img src=https://a.example/1><img src='no",
        "<img src=https://a.example/1><!-- <img src=no>",
        "<img src=https://a.example/1><plaintext><img src=no>",
        "\u{feff}\0<img src=https://a.example/1>",
    ] {
        assert_eq!(sources(html), ["web https://a.example/1"], "{html}");
    }
}

#[test]
fn entities_are_resolved_and_schemes_told_apart() {
    assert_eq!(
        sources(concat!(
            r#"<img src="HTTP://a.example/?x=1&amp;y=2"><img src="data:image/png;base64,AA=="><img src="cid:1">"#,
            r#"<img src="//a.example/2"><img src="javascript:alert(1)"><img src="https:/a"><img src="ü"><img src="DATA:x">"#,
        )),
        [
            "web HTTP://a.example/?x=1&y=2",
            "data data:image/png;base64,AA==",
            "other cid:1",
            "other //a.example/2",
            "other javascript:alert(1)",
            "other https:/a",
            "other ü",
            "data DATA:x",
        ]
    );
}

#[test]
fn what_is_within_an_address_is_not_shown() {
    let html =
        format!("<img alt='Ä' src='data:image/png;base64,{}'><img src='https://a.example/?hush'>", "A".repeat(99));
    let images: Vec<_> = inline_images(&html).collect();
    assert_eq!(images[0].alt.as_deref(), Some("Ä"));
    let shown = format!("{images:?}");
    assert!(!shown.contains("AAAA") && !shown.contains("hush"), "{shown}");
}

#[test]
fn as_many_as_are_asked_for_are_made() {
    let html = "<img src=a>".repeat(100_000);
    assert_eq!(inline_images(&html).take(3).count(), 3);
    assert_eq!(inline_images(&html).count(), 100_000);
    // Nothing ends here, and nothing is read twice.
    for hostile in [
        "<img ",
        "<img src=",
        "<img a='",
        "<",
        "<!--",
        "&",
        "<img a b c d ",
        "&#x",
        "</",
        "<script>",
    ] {
        let html = hostile.repeat(100_000);
        assert!(inline_images(&html).count() <= 100_000);
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn an_image_is_found_between_anything_that_is_closed(
        before in "([a-z &;\"'=]|<b>|<p class='x'>|&amp;|<br/>|<!-- > -->|<img src=''>){0,20}",
        path in "[a-z0-9/._~-]{0,20}",
        after in "\\PC{0,40}",
    ) {
        let html = format!("{before}<img src=\"https://a.example/{path}\">{after}");
        let found = sources(&html);
        prop_assert_eq!(found.first(), Some(&format!("web https://a.example/{path}")));
    }

    #[test]
    fn an_address_survives_its_way_through_an_attribute(address in "[!-~ü]{1,30}") {
        let escaped = address.replace('&', "&amp;").replace('"', "&quot;");
        let found: Vec<_> = sources(&format!("<img src=\"{escaped}\">"));
        prop_assert_eq!(found.len(), 1);
        let end = format!(" {address}");
        prop_assert!(found[0].ends_with(&end));
    }

    #[test]
    fn nothing_breaks_it(html in "([<>/!='\" -]|img|src|script|[a-z]|&[a-z#x0-9]{0,4};?|\\PC){0,80}") {
        for image in inline_images(&html) {
            let shown = format!("{image:?}");
            prop_assert!(shown.contains("source"));
        }
    }
}
