//! Rules: which requests, which answers, how often.

use std::fmt;

use http::{HeaderName, HeaderValue, Method};
use hubchannel_api::{
    Operation,
    redact::{self, is_shown},
};
use serde_json::Value;

use super::{
    Answer, Received,
    matcher::{Matcher, includes},
};
use crate::misuse::misuse;

/// Begins a rule that matches every request; each method of [`When`] narrows it down.
///
/// ```
/// use hubchannel_api::PublishMessage;
/// use hubchannel_mock::{Answer, when};
///
/// let busy_at_first = when()
///     .operation::<PublishMessage>()
///     .once(Answer::status(429).header("retry-after", "1"))
///     .always(Answer::status(201));
/// # let _ = busy_at_first;
/// ```
pub fn when() -> When {
    When { matchers: Vec::new() }
}

/// Which requests a rule is for: those for which everything said holds. Begin with [`when`].
#[must_use]
pub struct When {
    matchers: Vec<Matcher>,
}

impl When {
    /// The call is of this operation.
    pub fn operation<O: Operation>(self) -> Self {
        self.and(format!("operation {}", O::INFO.name), |received| received.operation() == Some(O::INFO.name))
    }

    /// The method is this one.
    pub fn method(self, method: Method) -> Self {
        self.and(format!("method {method}"), move |received| received.method == method)
    }

    /// The path, as it is written in the address, is this one. For the query, see [`matching`](When::matching).
    ///
    /// # Panics
    /// If there is a query in it.
    #[track_caller]
    pub fn path(self, path: impl Into<String>) -> Self {
        let path = without_query(path.into());
        self.and(format!("path {}", redact::Path(&path)), move |received| received.uri.path() == path)
    }

    /// The path, as it is written in the address, starts with this.
    ///
    /// # Panics
    /// If there is a query in it.
    #[track_caller]
    pub fn path_prefix(self, prefix: impl Into<String>) -> Self {
        let prefix = without_query(prefix.into());
        self.and(format!("path {}…", redact::Path(&prefix)), move |received| received.uri.path().starts_with(&prefix))
    }

    /// There is a header of this name with this value, perhaps among others.
    ///
    /// # Panics
    /// If there can be no such header.
    #[track_caller]
    pub fn header(self, name: impl TryInto<HeaderName>, value: impl TryInto<HeaderValue>) -> Self {
        let (name, value) = header(name, value);
        let wants = match value.to_str() {
            Ok(text) if is_shown(&name) => format!("header {name}: {text}"),
            _ => format!("header {name}: …"),
        };
        self.and(wants, move |received| received.headers.get_all(&name).iter().any(|other| *other == value))
    }

    /// The body is this JSON and nothing else, with members in any order.
    pub fn json(self, json: Value) -> Self {
        self.and(format!("body {}", short(&json)), move |received| received.json().as_ref() == Some(&json))
    }

    /// The body is JSON that has all of this. Objects may have more members, at any depth; lists have as many items.
    pub fn json_including(self, json: Value) -> Self {
        self.and(format!("body including {}", short(&json)), move |received| {
            received.json().is_some_and(|body| includes(&body, &json))
        })
    }

    /// Anything else, with words for it that complete "the request should have …".
    ///
    /// ```
    /// use hubchannel_mock::{Answer, when};
    ///
    /// let rule = when().matching("no body", |request| request.body.is_empty()).always(Answer::status(204));
    /// # let _ = rule;
    /// ```
    pub fn matching(
        self,
        words: impl Into<String>,
        predicate: impl Fn(&Received) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.and(words, predicate)
    }

    /// Answers the first such request with this.
    pub fn once(self, answer: Answer) -> Rule {
        Rule::new(self.matchers).once(answer)
    }

    /// Answers every such request with this.
    pub fn always(self, answer: Answer) -> Rule {
        Rule::new(self.matchers).always(answer)
    }

    fn and(mut self, wants: impl Into<String>, holds: impl Fn(&Received) -> bool + Send + Sync + 'static) -> Self {
        self.matchers.push(Matcher::new(wants, holds));
        self
    }
}

impl fmt::Debug for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "When({})", Wants(&self.matchers))
    }
}

/// Which requests, which answers, how often.
///
/// The answers given with [`once`](Rule::once) are used up one after the other. After that the one given with
/// [`always`](Rule::always) serves all further requests; without it the rule is spent, and requests go on to the rules
/// after it.
///
/// Unless [`times`](Rule::times) or [`at_least`](Rule::at_least) says otherwise, every answer given with `once` must be
/// used, and one given with `always` need not be.
#[must_use]
pub struct Rule {
    matchers: Vec<Matcher>,
    once: Vec<Answer>,
    always: Option<Answer>,
    expected: Option<Count>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Count {
    Exactly(usize),
    AtLeast(usize),
}

impl Rule {
    fn new(matchers: Vec<Matcher>) -> Self {
        Rule {
            matchers,
            once: Vec::new(),
            always: None,
            expected: None,
        }
    }

    /// Answers one more request with this.
    pub fn once(mut self, answer: Answer) -> Self {
        self.once.push(answer);
        self
    }

    /// Answers all further requests with this.
    pub fn always(mut self, answer: Answer) -> Self {
        self.always = Some(answer);
        self
    }

    /// Exactly so many requests are expected.
    pub fn times(mut self, count: usize) -> Self {
        self.expected = Some(Count::Exactly(count));
        self
    }

    /// At least so many requests are expected.
    pub fn at_least(mut self, count: usize) -> Self {
        self.expected = Some(Count::AtLeast(count));
        self
    }

    /// The answer after so many.
    pub(super) fn answer(&self, given: usize) -> Option<&Answer> {
        self.once.get(given).or(self.always.as_ref())
    }

    pub(super) fn expected(&self) -> Count {
        self.expected.unwrap_or(Count::AtLeast(self.once.len()))
    }

    pub(super) fn matches(&self, received: &Received) -> bool {
        self.matchers.iter().all(|matcher| matcher.holds(received))
    }

    /// What the rule wants that this request has not.
    pub(super) fn misses(&self, received: &Received) -> Vec<String> {
        self.matchers
            .iter()
            .filter(|matcher| !matcher.holds(received))
            .map(ToString::to_string)
            .collect()
    }
}

/// The requests that the rule is for.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Wants(&self.matchers).fmt(f)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule")
            .field("when", &format_args!("{self}"))
            .field("once", &self.once)
            .field("always", &self.always)
            .field("expected", &self.expected())
            .finish()
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (words, count) = match *self {
            Count::Exactly(count) => ("exactly", count),
            Count::AtLeast(count) => ("at least", count),
        };
        write!(f, "{words} {count} {}", if count == 1 { "request" } else { "requests" })
    }
}

impl Count {
    pub(super) fn allows(self, count: usize) -> bool {
        match self {
            Count::Exactly(expected) => count == expected,
            Count::AtLeast(expected) => count >= expected,
        }
    }
}

struct Wants<'a>(&'a [Matcher]);

impl fmt::Display for Wants<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("any request");
        }
        for (at, matcher) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{matcher}")?;
        }
        Ok(())
    }
}

#[track_caller]
fn without_query(path: String) -> String {
    if path.contains('?') {
        misuse("a path has no query; look at the query with `matching`")
    }
    path
}

/// A header from its parts, or a stop at the line that named it.
#[track_caller]
pub(super) fn header(name: impl TryInto<HeaderName>, value: impl TryInto<HeaderValue>) -> (HeaderName, HeaderValue) {
    match (name.try_into(), value.try_into()) {
        (Ok(name), Ok(value)) => (name, value),
        (Err(_), _) => misuse("this is no name of a header"),
        (Ok(name), Err(_)) => misuse(format_args!("this is no value for the header {name}")),
    }
}

/// JSON cut to a length that can be read.
fn short(json: &Value) -> String {
    const LONGEST: usize = 200;
    let text = json.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
