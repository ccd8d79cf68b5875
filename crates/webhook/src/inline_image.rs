//! Images within HTML.

use std::fmt;

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use hubchannel_model::Url;

/// An image within the HTML of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InlineImage {
    /// Where it is.
    pub source: ImageSource,
    /// What is shown in its place.
    pub alt: Option<String>,
}

/// Where an image is.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageSource {
    /// On the web: an address that begins with `https://` or `http://`. Nothing else is checked of it, so download it
    /// as something that a stranger names: it may lead into the network of whoever asks.
    Web(Url),
    /// Within the address itself, which begins with `data:` and may be long.
    Data(Url),
    /// Anywhere else, such as `cid:` or a path; nobody can fetch it.
    Other(Url),
}

impl ImageSource {
    /// The address, where it can be fetched.
    pub fn web(&self) -> Option<&Url> {
        match self {
            ImageSource::Web(url) => Some(url),
            ImageSource::Data(_) | ImageSource::Other(_) => None,
        }
    }

    fn new(address: String) -> Self {
        let has_scheme = |scheme: &str| {
            let start = address.as_bytes().get(..scheme.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
        };
        if has_scheme("https://") || has_scheme("http://") {
            ImageSource::Web(address.into())
        } else if has_scheme("data:") {
            ImageSource::Data(address.into())
        } else {
            ImageSource::Other(address.into())
        }
    }
}

/// Without what is within the address.
impl fmt::Debug for ImageSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImageSource::Web(url) => f.debug_tuple("Web").field(url).finish(),
            ImageSource::Data(url) => write!(f, "Data({} bytes)", url.len()),
            ImageSource::Other(url) => f.debug_tuple("Other").field(url).finish(),
        }
    }
}

/// The images in a piece of HTML, in their order; the same one twice where it stands there twice.
///
/// ```
/// use hubchannel_webhook::inline_images;
///
/// let html = r#"<p>Like this?</p><IMG alt='a lamp' src="https://files.example.com/lamp.png?size=2&amp;v=3">"#;
/// let images: Vec<_> = inline_images(html).collect();
/// assert_eq!(images.len(), 1);
/// assert_eq!(images[0].alt.as_deref(), Some("a lamp"));
/// let address = images[0].source.web().map(|url| url.as_str());
/// assert_eq!(address, Some("https://files.example.com/lamp.png?size=2&v=3"));
/// ```
///
/// It reads the HTML as a browser would cut it into tags, so that nothing is found in comments, scripts, styles or
/// attributes, and entities in an address are resolved. Only `<img>` with a `src` counts: no `srcset`, no style, no
/// `<svg>`. It takes time and memory in proportion to the HTML, whatever that is, and makes one image at a time: take as
/// many as you are ready for.
pub fn inline_images(html: &str) -> impl Iterator<Item = InlineImage> + use<'_> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter).filter_map(|token| match token {
        Ok(Token::StartTag(tag)) => image(&tag),
        _ => None,
    })
}

fn image(tag: &StartTag<()>) -> Option<InlineImage> {
    if tag.name != b"img" {
        return None;
    }
    let attribute = |name: &[u8]| {
        let value = tag.attributes.get(name)?;
        Some(String::from_utf8_lossy(value).into_owned())
    };
    // Line breaks and tabs anywhere in an address, and space around it, are nothing to a browser.
    let mut source = attribute(b"src")?;
    source.retain(|character| !matches!(character, '\t' | '\n' | '\r'));
    let source = source.trim_matches(|character: char| character <= ' ');
    (!source.is_empty()).then(|| InlineImage {
        source: ImageSource::new(source.to_owned()),
        alt: attribute(b"alt"),
    })
}
