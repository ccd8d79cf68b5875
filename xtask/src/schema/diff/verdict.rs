//! What a change means for those who use this project, by its kind and by the direction in which it travels.
//!
//! A client reads leniently: a member that is missing or `null`, a value or a kind that has no name, and an id of
//! either JSON type cost nothing. So what is received breaks less than what is sent. `null` in place of an item of a
//! list, of a value of a map or of a whole answer is no such member, and costs what it stands in.

pub(super) use super::change::Verdict;
use super::change::{Direction, Kind};
use crate::schema::contract::{Rest, Schema, Shape};

/// `matters` tells more where the kind alone does not: that what was added must be there, that what was removed was
/// always there, that another type is not only a list of values more or less, that null stands where no member is, that who
/// had enough to be let in before may have it no longer.
pub(super) fn of(kind: Kind, direction: Direction, was: Option<&str>, now: Option<&str>, matters: bool) -> Verdict {
    use Direction::{Auth, Received, Sent};
    use Verdict::{Adopt, Breaking, Harmless};

    let (added, removed) = (was.is_none(), now.is_none());
    match (kind, direction) {
        (Kind::Server | Kind::Operation, _) => {
            if removed {
                Breaking
            } else {
                Adopt
            }
        }
        // Every version has paths of its own; whoever adopts one brings them.
        (Kind::Path, _) => {
            if matters {
                Breaking
            } else {
                Adopt
            }
        }
        (Kind::Deprecated, _) => {
            if now == Some("yes") {
                Adopt
            } else {
                Harmless
            }
        }

        // What a parameter in the path is called is not sent.
        (Kind::Parameter, _) if !added && !removed => Harmless,
        (Kind::Parameter | Kind::Body, _) => match (added, removed) {
            (true, _) if !matters => Adopt,
            _ => Breaking,
        },
        (Kind::Response, _) => {
            if added {
                Adopt
            } else {
                Breaking
            }
        }
        (Kind::Header, _) => {
            if added {
                Adopt
            } else {
                Breaking
            }
        }

        // Another credential will do as well; one that did may do no longer.
        (Kind::Security, Auth) => match (matters, removed) {
            (true, _) => Breaking,
            (false, true) => Harmless,
            (false, false) => Adopt,
        },
        (Kind::Security, _) => Breaking,
        (Kind::Record, _) => Adopt,

        (Kind::Member, Sent) => {
            if added && !matters {
                Adopt
            } else {
                Breaking
            }
        }
        (Kind::Member, _) => {
            if added {
                Adopt
            } else {
                Breaking
            }
        }
        (Kind::Required, Sent) => {
            if now == Some("required") {
                Breaking
            } else {
                Harmless
            }
        }
        (Kind::Required, _) => Harmless,

        (Kind::Type, _) => {
            if matters {
                Breaking
            } else {
                Adopt
            }
        }
        (Kind::Format, Sent) => match (was, now) {
            (Some("int32"), Some("int64") | None) | (Some(_), None) => Harmless,
            _ => Breaking,
        },
        // Numbers keep their digits and times their text, whatever they are.
        (Kind::Format, _) => Adopt,
        (Kind::Nullable, Sent) => {
            if now == Some("yes") {
                Adopt
            } else {
                Breaking
            }
        }
        (Kind::Nullable, _) => {
            if now == Some("yes") && matters {
                Breaking
            } else {
                Harmless
            }
        }

        (Kind::EnumValue | Kind::Alternative, Sent) => {
            if removed {
                Breaking
            } else {
                Adopt
            }
        }
        (Kind::EnumValue | Kind::Alternative, Received | Auth) => {
            if removed {
                Harmless
            } else {
                Adopt
            }
        }
        (Kind::Rule, _) => rule(direction, was, now),
    }
}

/// What another type means, or values of the same type that are listed on one side only. Whatever could be sent can
/// still be where it became wider, and whatever comes can still be read where it became narrower.
pub(super) fn of_types(direction: Direction, old: &Schema, new: &Schema, same_type: bool) -> Verdict {
    let sent = direction == Direction::Sent;
    let fits = match same_type {
        true => !sent || new.values.is_empty(),
        false => {
            let (narrow, wide) = if sent { (old, new) } else { (new, old) };
            let is_wider = matches!((&narrow.shape, &wide.shape), (_, Shape::Any) | (Shape::Integer, Shape::Number));
            is_wider && wide.values.is_empty() && wide.format.is_none()
        }
    };
    if fits { Verdict::Adopt } else { Verdict::Breaking }
}

/// What it means that members of other names may come or go, or have another type.
pub(super) fn of_rests(direction: Direction, old: &Rest, new: &Rest) -> Verdict {
    let fits = match direction {
        Direction::Sent => matches!((old, new), (Rest::Closed, _) | (_, Rest::Open)),
        // What had a type, and now comes no more or is anything.
        _ => !matches!(old, Rest::Of(_)),
    };
    if fits { Verdict::Adopt } else { Verdict::Breaking }
}

/// What a rule means, which is a keyword and its value as JSON text.
fn rule(direction: Direction, was: Option<&str>, now: Option<&str>) -> Verdict {
    use Verdict::{Adopt, Breaking, Harmless};

    let keyword = was.or(now).and_then(|rule| rule.split(' ').next()).unwrap_or_default();
    let value = |rule: Option<&str>| rule.and_then(|rule| rule.split_once(' ')?.1.parse::<f64>().ok());
    let limit = |is_narrower: fn(f64, f64) -> bool| match (value(was), value(now)) {
        (_, None) if now.is_none() => Harmless,
        (Some(was), Some(now)) if !is_narrower(was, now) => Adopt,
        _ => Breaking,
    };
    match (keyword, direction) {
        // The bound itself, and what is there twice, may be sent as well.
        ("exclusiveMaximum" | "exclusiveMinimum" | "uniqueItems", Direction::Sent) if now.is_none() => Adopt,
        // What is left out means what it meant, unless another value takes its place.
        ("default", _) if was.is_some() && now.is_some() => Adopt,
        ("default", _) => Harmless,
        ("deprecated", _) => match now {
            Some("deprecated true") => Adopt,
            _ => Harmless,
        },
        // It is told by the same kinds as before, or by others that are changes of their own.
        ("told", _) => Adopt,
        // How it is written is what the other side reads.
        ("style" | "explode", _) => Breaking,
        ("readOnly", Direction::Sent) | ("writeOnly", Direction::Received) => match now {
            Some(rule) if rule.ends_with("true") => Breaking,
            _ => Adopt,
        },
        ("readOnly" | "writeOnly", _) => Harmless,
        // Whatever comes is read.
        (_, Direction::Received | Direction::Auth) => Harmless,
        ("maximum" | "maxLength" | "maxItems" | "maxProperties", _) => limit(|was, now| now < was),
        ("minimum" | "minLength" | "minItems" | "minProperties", _) => limit(|was, now| now > was),
        _ if now.is_none() => Harmless,
        _ => Breaking,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a kind when the fact was this and now is that; `-` where nothing is said.
    fn verdicts(kind: Kind, was: &str, now: &str, matters: bool) -> [&'static str; 2] {
        let [was, now] = [was, now].map(|said| (said != "-").then_some(said));
        [Direction::Sent, Direction::Received].map(|direction| of(kind, direction, was, now, matters).name())
    }

    #[test]
    fn every_kind_is_judged_by_its_direction() {
        const HARMLESS: &str = "harmless";
        const ADOPT: &str = "worth adopting";
        const BREAKING: &str = "breaking";

        for (kind, was, now, matters, sent, received) in [
            (Kind::Server, "-", "x", false, ADOPT, ADOPT),
            (Kind::Server, "x", "-", false, BREAKING, BREAKING),
            (Kind::Operation, "-", "there", false, ADOPT, ADOPT),
            (Kind::Operation, "there", "-", false, BREAKING, BREAKING),
            (Kind::Path, "/a", "/b", true, BREAKING, BREAKING),
            (Kind::Path, "/v3/a", "/a/v3", false, ADOPT, ADOPT),
            (Kind::Deprecated, "no", "yes", false, ADOPT, ADOPT),
            (Kind::Deprecated, "yes", "no", false, HARMLESS, HARMLESS),
            (Kind::Parameter, "-", "optional string", false, ADOPT, ADOPT),
            (Kind::Parameter, "-", "required string", true, BREAKING, BREAKING),
            (Kind::Parameter, "optional string", "-", false, BREAKING, BREAKING),
            (Kind::Parameter, "channelId", "channel", false, HARMLESS, HARMLESS),
            (Kind::Body, "-", "optional x", false, ADOPT, ADOPT),
            (Kind::Body, "-", "required x", true, BREAKING, BREAKING),
            (Kind::Body, "required x", "-", false, BREAKING, BREAKING),
            (Kind::Response, "-", "x", false, ADOPT, ADOPT),
            (Kind::Response, "x", "-", false, BREAKING, BREAKING),
            (Kind::Header, "-", "x", false, ADOPT, ADOPT),
            (Kind::Header, "x", "-", false, BREAKING, BREAKING),
            (Kind::Record, "-", "there", false, ADOPT, ADOPT),
            (Kind::Member, "-", "optional x", false, ADOPT, ADOPT),
            (Kind::Member, "-", "required x", true, BREAKING, ADOPT),
            (Kind::Member, "optional x", "-", false, BREAKING, BREAKING),
            (Kind::Required, "optional", "required", false, BREAKING, HARMLESS),
            (Kind::Required, "required", "optional", false, HARMLESS, HARMLESS),
            (Kind::Type, "string", "boolean", true, BREAKING, BREAKING),
            (Kind::Type, "A | B", "string", false, ADOPT, ADOPT),
            (Kind::Format, "int32", "int64", false, HARMLESS, ADOPT),
            (Kind::Format, "int64", "int32", false, BREAKING, ADOPT),
            (Kind::Format, "-", "uuid", false, BREAKING, ADOPT),
            (Kind::Format, "uuid", "-", false, HARMLESS, ADOPT),
            (Kind::Nullable, "no", "yes", false, ADOPT, HARMLESS),
            (Kind::Nullable, "no", "yes", true, ADOPT, BREAKING),
            (Kind::Nullable, "yes", "no", false, BREAKING, HARMLESS),
            (Kind::Nullable, "yes", "no", true, BREAKING, HARMLESS),
            (Kind::EnumValue, "-", "X", false, ADOPT, ADOPT),
            (Kind::EnumValue, "X", "-", false, BREAKING, HARMLESS),
            (Kind::Alternative, "-", "X", false, ADOPT, ADOPT),
            (Kind::Alternative, "X", "-", false, BREAKING, HARMLESS),
            (Kind::Rule, "-", "default false", false, HARMLESS, HARMLESS),
            (Kind::Rule, "default false", "default true", false, ADOPT, ADOPT),
            (Kind::Rule, "-", "deprecated true", false, ADOPT, ADOPT),
            (Kind::Rule, "deprecated true", "-", false, HARMLESS, HARMLESS),
            (Kind::Rule, "-", "maxLength 10", false, BREAKING, HARMLESS),
            (Kind::Rule, "maxLength 10", "maxLength 9", false, BREAKING, HARMLESS),
            (Kind::Rule, "maxLength 9", "maxLength 10", false, ADOPT, HARMLESS),
            (Kind::Rule, "minimum 0", "minimum 1", false, BREAKING, HARMLESS),
            (Kind::Rule, "minimum 1", "minimum 0", false, ADOPT, HARMLESS),
            (Kind::Rule, "minimum 1", "-", false, HARMLESS, HARMLESS),
            (Kind::Rule, "pattern \"a\"", "pattern \"b\"", false, BREAKING, HARMLESS),
            (Kind::Rule, "-", "readOnly true", false, BREAKING, HARMLESS),
            (Kind::Rule, "-", "writeOnly true", false, HARMLESS, BREAKING),
            (Kind::Rule, "-", "told apart by kind", false, ADOPT, ADOPT),
            (Kind::Rule, "style as usual", "style deepObject", false, BREAKING, BREAKING),
        ] {
            assert_eq!(verdicts(kind, was, now, matters), [sent, received], "{kind} {was} -> {now}");
        }
    }

    #[test]
    fn a_credential_that_will_not_do_any_more_breaks() {
        let verdict = |was, now, matters| of(Kind::Security, Direction::Auth, was, now, matters);
        assert_eq!(verdict(Some("key"), None, true), Verdict::Breaking);
        assert_eq!(verdict(Some("key"), None, false), Verdict::Harmless);
        assert_eq!(verdict(None, Some("key"), true), Verdict::Breaking);
        assert_eq!(verdict(None, Some("key"), false), Verdict::Adopt);
        assert_eq!(verdict(Some("key[a]"), Some("key[b]"), true), Verdict::Breaking);
        assert_eq!(verdict(Some("key[a, b]"), Some("key[a]"), false), Verdict::Adopt);
    }
}
