//! Formatted text that may be shown.
//!
//! Nothing of what came is handed on as it was written: it is cut into tokens by the standard's own rules, and of these
//! new HTML is written, with few elements and attributes, all text escaped and all attributes quoted. Since no element
//! is written in which text is read in another way (scripts, styles, foreign content), it is read again as it was meant.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

/// Elements that are kept, and whether they have an end.
const KEPT: &[(&str, bool)] = &[
    ("a", true),
    ("b", true),
    ("blockquote", true),
    ("br", false),
    ("code", true),
    ("div", true),
    ("em", true),
    ("i", true),
    ("img", false),
    ("li", true),
    ("ol", true),
    ("p", true),
    ("pre", true),
    ("s", true),
    ("span", true),
    ("strong", true),
    ("u", true),
    ("ul", true),
];

/// Elements that go with all that is in them.
const DROPPED: &[&str] = &[
    "applet",
    "embed",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "xmp",
];

/// How deep elements may be nested; what is deeper is shown without formatting.
const DEPTH: usize = 64;

/// The same HTML as far as it is harmless. Images are in `data:` addresses, or those whose own addresses are known here.
pub(crate) fn safe(html: &str, own: impl Fn(&str) -> Option<String>) -> String {
    let mut safe = Safe {
        html: String::with_capacity(html.len()),
        open: Vec::new(),
        dropping: None,
    };
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(html, emitter).filter_map(Result::ok) {
        match token {
            Token::StartTag(tag) => safe.start(&tag, &own),
            Token::EndTag(tag) => safe.end(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => safe.text(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    safe.finish()
}

struct Safe {
    html: String,
    open: Vec<&'static str>,
    /// Within an element that is dropped: its name, and how many of that name are open.
    dropping: Option<(&'static str, usize)>,
}

impl Safe {
    fn start(&mut self, tag: &StartTag<()>, own: &impl Fn(&str) -> Option<String>) {
        let name = String::from_utf8_lossy(&tag.name);
        if let Some((dropped, depth)) = &mut self.dropping {
            if *dropped == name {
                *depth += 1;
            }
            return;
        }
        if let Some(dropped) = DROPPED.iter().find(|dropped| **dropped == name) {
            // One that ends at once has nothing in it, but for where its end is not believed.
            self.dropping = Some((dropped, 1));
            return;
        }
        let Some((name, has_end)) = KEPT.iter().find(|(kept, _)| *kept == name) else {
            return;
        };
        if *has_end && self.open.len() >= DEPTH {
            return;
        }
        let attribute = |name: &str| {
            let value = tag.attributes.get(name.as_bytes());
            value.map(|value| String::from_utf8_lossy(value).trim().to_owned())
        };
        let mut attributes = Vec::new();
        match *name {
            "a" => {
                if let Some(address) = attribute("href").filter(|address| is_link(address)) {
                    attributes.push(("href", address));
                    attributes.push(("rel", "noopener noreferrer nofollow".to_owned()));
                    attributes.push(("target", "_blank".to_owned()));
                }
            }
            "img" => {
                let address = attribute("src").and_then(|address| match is_image(&address) {
                    true => Some(address),
                    false => own(&address),
                });
                let Some(address) = address else { return };
                attributes.push(("src", address));
                attributes.push(("alt", attribute("alt").unwrap_or_default()));
            }
            _ => {}
        }
        self.html.push('<');
        self.html.push_str(name);
        for (name, value) in attributes {
            self.html.push(' ');
            self.html.push_str(name);
            self.html.push_str("=\"");
            escape(&mut self.html, &value);
            self.html.push('"');
        }
        self.html.push('>');
        if *has_end {
            self.open.push(name);
        }
    }

    fn end(&mut self, name: &str) {
        if let Some((dropped, depth)) = &mut self.dropping {
            if *dropped == name {
                *depth -= 1;
                if *depth == 0 {
                    self.dropping = None;
                }
            }
            return;
        }
        if let Some(at) = self.open.iter().rposition(|open| *open == name) {
            for open in self.open.drain(at..).rev() {
                close(&mut self.html, open);
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.dropping.is_none() {
            escape(&mut self.html, text);
        }
    }

    fn finish(mut self) -> String {
        for open in self.open.drain(..).rev() {
            close(&mut self.html, open);
        }
        self.html
    }
}

fn close(html: &mut String, name: &str) {
    html.push_str("</");
    html.push_str(name);
    html.push('>');
}

fn escape(html: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            // Which is no character of HTML.
            '\0' => {}
            other => html.push(other),
        }
    }
}

fn is_link(address: &str) -> bool {
    starts_with_any(address, &["https://", "http://", "mailto:", "tel:"])
}

/// Images that run nothing, which those in SVG may.
fn is_image(address: &str) -> bool {
    let kinds = ["png", "jpeg", "gif", "webp"];
    kinds
        .iter()
        .any(|kind| starts_with_any(address, &[&format!("data:image/{kind};base64,")]))
}

fn starts_with_any(address: &str, starts: &[&str]) -> bool {
    let has = |start: &&str| {
        address
            .get(..start.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(start))
    };
    starts.iter().any(has)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn clean(html: &str) -> String {
        safe(html, |address| match address {
            "http://own/1/a.png" | "/own/1" => Some("/own/1".to_owned()),
            _ => None,
        })
    }

    #[test]
    fn formatting_stays_and_what_acts_goes() {
        for (html, expected) in [
            ("<p>One <b>two</b><br>three</p>", "<p>One <b>two</b><br>three</p>"),
            ("<B onclick=x()>y</B>", "<b>y</b>"),
            ("<p style='color:red' class=x>y", "<p>y</p>"),
            ("a<script>alert(1)</script>b", "ab"),
            ("a<style>*{}</style>b<svg><a href=https://x>c</a></svg>d", "abd"),
            ("<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>", ""),
            ("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">", "&quot;&gt;"),
            ("<a href=javascript:alert(1)>x</a>", "<a>x</a>"),
            ("<a href=' JavaScript:alert(1)'>x</a>", "<a>x</a>"),
            ("<a href='//evil.example'>x</a>", "<a>x</a>"),
            (
                "<a href='https://example.com/?a=1&amp;b=\"2'>x",
                "<a href=\"https://example.com/?a=1&amp;b=&quot;2\" rel=\"noopener noreferrer nofollow\" target=\"_blank\">x</a>",
            ),
            ("<img src=https://evil.example/pixel.png>", ""),
            ("<img src=http://own/1/a.png onerror=x()>", "<img src=\"/own/1\" alt=\"\">"),
            (
                "<img alt='<b>' src='data:image/png;base64,AA=='>",
                "<img src=\"data:image/png;base64,AA==\" alt=\"&lt;b&gt;\">",
            ),
            ("<img src='data:image/svg+xml;base64,AA=='>", ""),
            ("<form action=x><input><button>y</button></form>", "y"),
            ("&lt;script&gt;", "&lt;script&gt;"),
            ("</p></div>x<!-- <b>y</b> -->", "x"),
            ("<b><i>x</b>y</i>", "<b><i>x</i></b>y"),
        ] {
            assert_eq!(clean(html), expected, "{html}");
        }
    }

    proptest! {
        #[test]
        fn what_is_safe_stays_as_it_is_and_has_nothing_that_acts(
            pieces in prop::collection::vec(
                prop_oneof![
                    prop::sample::select(vec![
                        "<", ">", "\"", "'", "=", "/", "&", "&lt;", "&#60;", "<!--", "-->", "<![CDATA[", "]]>", "\0", "`",
                        "<script>", "</script>", "<style>", "</style>", "<svg>", "</svg>", "<math>", "<title>", "</title>",
                        "<textarea>", "</textarea>", "<p>", "</p>", "<b ", "<a href=", "javascript:", "<img src=", "<img ",
                        "onerror=alert(1)", " onclick=", "data:text/html,", "https://", "http://own/1/a.png", "<plaintext>", "<template>",
                        "<noscript>", "</noscript>", "<iframe srcdoc=", "<select>", "<br/", "</br>", "<table><tr>",
                    ]).prop_map(str::to_owned),
                    ".{0,6}",
                ],
                0..24,
            )
        ) {
            let once = clean(&pieces.concat());
            prop_assert_eq!(&clean(&once), &once);
            let mut emitter = DefaultEmitter::default();
            emitter.naively_switch_states(true);
            for token in Tokenizer::new_with_emitter(&*once, emitter).filter_map(Result::ok) {
                match token {
                    Token::StartTag(tag) => {
                        let name = String::from_utf8_lossy(&tag.name).into_owned();
                        prop_assert!(KEPT.iter().any(|(kept, _)| *kept == name), "{}", once);
                        for (attribute, value) in &tag.attributes {
                            let value = String::from_utf8_lossy(value).to_ascii_lowercase();
                            match &***attribute {
                                b"href" => prop_assert!(is_link(&value), "{}", once),
                                b"src" => prop_assert!(is_image(&value) || value == "/own/1", "{}", once),
                                b"rel" | b"target" | b"alt" => {}
                                _ => prop_assert!(false, "{}", once),
                            }
                        }
                    }
                    Token::Comment(_) | Token::Doctype(_) => prop_assert!(false, "{}", once),
                    _ => {}
                }
            }
        }
    }
}
