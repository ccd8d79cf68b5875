//! A report as people read it: what, where, and what to do.

use std::fmt::Write as _;

use hubchannel_model::schema::Enum;

use super::{Finding, Report, What};
use crate::schema::diff::Kind;
use crate::schema::json::readable;

/// Where deviations are listed.
const LIST: &str = "xtask/contracts/deviations.json";

/// The whole report, one line where there is nothing to do.
pub(crate) fn to_text(report: &Report) -> String {
    let (version, listed) = (&report.version, report.listed.len());
    let mut text = String::new();
    match report.findings.len() {
        0 => _ = writeln!(text, "{version}: everything is accounted for, {listed} facts as deviations"),
        count => _ = writeln!(text, "{version}: {count} not accounted for, {listed} facts as deviations"),
    }
    for finding in &report.findings {
        lines(&mut text, finding);
    }
    text
}

fn lines(text: &mut String, finding: &Finding) {
    let (said, todo) = match &finding.what {
        What::Stale(kind) => (
            format!("is listed as a deviation ({kind}), and is none"),
            format!("take this version out of its entry in {LIST}"),
        ),
        What::Differs {
            hubspot,
            listed: Some(listed),
            ..
        } => {
            let now = hubspot
                .as_ref()
                .and_then(|said| said.beneath.as_deref())
                .unwrap_or("nothing");
            (
                format!("is listed as a deviation, and what is beneath it has changed: it was {listed}, and is {now}"),
                format!("find out with `schema diff` what changed, and say `\"beneath\": \"{now}\"` in {LIST}"),
            )
        }
        What::Differs {
            kind: kind @ Kind::Record,
            ..
        } => (
            "HubSpot has a record that nothing here leads to".to_owned(),
            format!(
                "find out what it is for, perhaps a webhook, or an operation to come; and list it as a `{kind}` that is \
                 `there`, with its reason, in {LIST}"
            ),
        ),
        What::Differs {
            kind, code, hubspot, ..
        } => {
            let [code, hubspot] = [code, hubspot].map(|said| said.as_ref().map(|said| said.text.as_str()));
            let said = match (code, hubspot) {
                (None, Some(hubspot)) => format!("HubSpot has {} that the code has not: {hubspot}", article(*kind)),
                (Some(code), None) => format!("the code has {} that HubSpot has not: {code}", article(*kind)),
                (code, hubspot) => {
                    let [code, hubspot] = [code, hubspot].map(|of| of.unwrap_or("nothing"));
                    format!("{kind}: HubSpot says {hubspot}, the code says {code}")
                }
            };
            (said, todo(*kind, finding, code, hubspot))
        }
    };
    _ = writeln!(text, "  {}", readable(&format!("{}: {said}", finding.item)));
    for other in &finding.also {
        _ = writeln!(text, "      also at {}", readable(other));
    }
    if !finding.called.is_empty() {
        let called: Vec<&str> = finding.called.iter().map(String::as_str).collect();
        _ = writeln!(text, "      HubSpot calls it {}", readable(&called.join(" and ")));
    }
    if let What::Differs {
        hubspot: Some(hubspot),
        listed: None,
        ..
    } = &finding.what
        && let Some(beneath) = &hubspot.beneath
    {
        _ = writeln!(text, "      beneath it is more, of the digest {beneath}");
    }
    for note in &finding.notes {
        _ = writeln!(text, "      {}", readable(note));
    }
    match &finding.place {
        Some(place) => _ = writeln!(text, "      {place}: {todo}"),
        None => _ = writeln!(text, "      {todo}"),
    }
}

fn article(kind: Kind) -> String {
    let name = kind.name();
    match name.starts_with(['a', 'e', 'i', 'o', 'u']) {
        true => format!("an {name}"),
        false => format!("a {name}"),
    }
}

fn todo(kind: Kind, finding: &Finding, code: Option<&str>, hubspot: Option<&str>) -> String {
    let (item, of_enum) = (finding.item.as_str(), finding.of_enum);
    let place = |word: &str| item.contains(word);
    let owner = match () {
        () if place(" query ") || place(" path ") => "the parameter",
        () if place(" header ") => "the header",
        () if place(" body") => "the operation's body",
        () if place(" response ") => "the operation's answer",
        () => "the member",
    };
    let what = match kind {
        Kind::Server => "the address of `BaseUrl`",
        Kind::Operation => "the operation",
        Kind::Path => "the path of the operation or the base of its version",
        Kind::Parameter => "the parameter, in the operation's path or query",
        Kind::Body => "the operation's body",
        Kind::Response => "the operation's success, or the type of its answer",
        Kind::Header => "the header",
        Kind::Security if item.starts_with("scheme ") => "how the credential is got or travels",
        Kind::Security => "the operation's credential or its scopes",
        Kind::Record => "what leads to the record",
        Kind::Member => "the member",
        Kind::Required => &format!("whether {owner} is required"),
        Kind::Type => &format!("the type of {owner}"),
        Kind::Format => &format!("the number's note or the type of {owner}"),
        Kind::EnumValue => &match of_enum {
            Some(of) => format!("the value in {}", in_code(of)),
            None => format!("the value in the type of {owner}"),
        },
        Kind::Alternative => &match of_enum {
            Some(of) => format!("the kind in {}", in_code(of)),
            None => format!("the kind in the type of {owner}"),
        },
        Kind::Rule if code.is_none() => {
            let advice = of_rule(hubspot.unwrap_or_default(), owner);
            return format!("{advice}, and list it with its reason in {LIST}");
        }
        Kind::Deprecated | Kind::Nullable | Kind::Rule => "what the code can say of it",
    };
    let change = match (kind, code, hubspot) {
        (Kind::Required | Kind::Type | Kind::Format, ..) => "change",
        (_, None, Some(_)) => "add",
        (_, Some(_), None) => "remove",
        _ => "change",
    };
    format!("{change} {what}, or list it as a deviation with its reason in {LIST}")
}

/// What is to be done about a rule that only HubSpot has, beside listing it.
fn of_rule(rule: &str, owner: &str) -> String {
    match rule.split(' ').next().unwrap_or_default() {
        "default" => format!("say in the docs of {owner} what it means to leave it out"),
        "deprecated" => format!("say in the docs of {owner} that it is deprecated, and what takes its place"),
        "readOnly" => format!("say `only_received` of {owner} if it is sent"),
        "writeOnly" => format!("say in the docs of {owner} that it never comes"),
        // What tells the kinds of a union apart.
        "told" => format!("see that the type of {owner} tells its kinds apart by the same values"),
        _ => format!("say it in the docs of {owner}, hold it in preflight if it bounds what is sent"),
    }
}

fn in_code(of: &Enum) -> String {
    format!("the enum `{}` ({}:{})", of.name, of.file, of.line)
}
