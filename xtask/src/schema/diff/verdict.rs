//! What a change means for those who use this project, by its kind and by the direction in which it travels.
//!
//! A client reads leniently: a member that is missing or `null`, a value or a kind that has no name, and an id of
//! either JSON type cost nothing. So what is received breaks less than what is sent.

use super::change::{Direction, Kind, Verdict};

/// `matters` tells more where the kind alone does not: that what was added must be there, that what was removed was
/// always there, that another type is not only a list of values more or less.
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
        (Kind::Security, Auth) => match (added, removed) {
            (true, _) => {
                if matters {
                    Breaking
                } else {
                    Adopt
                }
            }
            (_, true) => {
                if matters {
                    Breaking
                } else {
                    Harmless
                }
            }
            _ => Breaking,
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
        (Kind::Nullable, _) => Harmless,

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
        (Kind::Rule, Sent) => {
            if removed {
                Harmless
            } else {
                Breaking
            }
        }
        (Kind::Rule, _) => Adopt,
    }
}
