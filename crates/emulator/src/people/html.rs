//! What agents' formatted text holds.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use hubchannel_api::model::RichTextFeature;

/// Formatting and images in a piece of HTML.
#[derive(Debug, Default)]
pub(crate) struct Formatting {
    /// Each once, in the order in which they come. What no known feature stands for is not here.
    pub(crate) features: Vec<RichTextFeature>,
    pub(crate) has_images: bool,
}

impl Formatting {
    pub(crate) fn of(html: &str) -> Self {
        let mut formatting = Formatting::default();
        for token in tokens(html) {
            if let Token::StartTag(tag) = token {
                formatting.note(&tag);
            }
        }
        formatting
    }

    fn note(&mut self, tag: &StartTag<()>) {
        let attribute = |name: &[u8]| {
            let value = tag.attributes.get(name);
            value.map(|value| String::from_utf8_lossy(value).to_ascii_lowercase())
        };
        self.has_images |= tag.name == b"img";
        let by_name = match tag.name.as_slice() {
            b"a" => Some(RichTextFeature::Hyperlink),
            b"b" | b"strong" => Some(RichTextFeature::Bold),
            b"i" | b"em" => Some(RichTextFeature::Italic),
            b"blockquote" => Some(RichTextFeature::Blockquote),
            b"ul" | b"ol" | b"li" => Some(RichTextFeature::Lists),
            b"center" => Some(RichTextFeature::TextAlignment),
            _ => None,
        };
        let by_attribute = [
            (b"align".as_slice(), RichTextFeature::TextAlignment),
            (b"color".as_slice(), RichTextFeature::TextColor),
        ];
        let by_attribute = by_attribute.into_iter().filter(|(name, _)| attribute(name).is_some());
        let style = attribute(b"style").unwrap_or_default();
        let by_style = style.split(';').filter_map(|rule| {
            let (property, value) = rule.split_once(':')?;
            match (property.trim(), value.trim()) {
                ("text-align", _) => Some(RichTextFeature::TextAlignment),
                ("color", _) => Some(RichTextFeature::TextColor),
                ("font-weight", "bold" | "bolder" | "600" | "700" | "800" | "900") => Some(RichTextFeature::Bold),
                ("font-style", "italic" | "oblique") => Some(RichTextFeature::Italic),
                _ => None,
            }
        });
        let found = by_name
            .into_iter()
            .chain(by_attribute.map(|(_, feature)| feature))
            .chain(by_style);
        for feature in found {
            if !self.features.contains(&feature) {
                self.features.push(feature);
            }
        }
    }
}

/// The text alone, with a line for each block.
pub(crate) fn plain(html: &str) -> String {
    let mut text = String::new();
    for token in tokens(html) {
        match token {
            Token::String(piece) => text.push_str(&String::from_utf8_lossy(&piece)),
            Token::StartTag(tag) if tag.name == b"br" => text.push('\n'),
            Token::EndTag(tag) if matches!(tag.name.as_slice(), b"p" | b"div" | b"li" | b"blockquote") => {
                text.push('\n')
            }
            _ => {}
        }
    }
    text.trim().to_owned()
}

fn tokens(html: &str) -> impl Iterator<Item = Token> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter).filter_map(Result::ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formatting_is_found_by_tag_attribute_and_style_and_not_in_comments() {
        for (html, features) in [
            ("<p>plain <span>text</span><br></p>", vec![]),
            ("<A HREF='https://example.com'>x</A>", vec![RichTextFeature::Hyperlink]),
            ("<strong>x</strong><b>y</b>", vec![RichTextFeature::Bold]),
            (
                "<p style='COLOR: red; text-align:center'>x",
                vec![RichTextFeature::TextColor, RichTextFeature::TextAlignment],
            ),
            ("<p align=right><font color=red>x", vec![RichTextFeature::TextAlignment, RichTextFeature::TextColor]),
            ("<ul><li><em>x", vec![RichTextFeature::Lists, RichTextFeature::Italic]),
            ("<!-- <b>x</b> --><p title='<b>'>x", vec![]),
            ("<span style='font-weight: 700; background-color: red'>x", vec![RichTextFeature::Bold]),
        ] {
            assert_eq!(Formatting::of(html).features, features, "{html}");
        }
        assert!(Formatting::of("a<IMG src=x>").has_images);
        assert!(!Formatting::of("a<!--<img src=x>-->").has_images);
    }

    #[test]
    fn plain_text_is_what_one_reads() {
        assert_eq!(plain("<div>One &amp; <b>two</b></div><p>three<br>four</p>"), "One & two\nthree\nfour");
        assert_eq!(plain(""), "");
    }
}
