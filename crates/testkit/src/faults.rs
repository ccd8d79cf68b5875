//! Documents with one mistake, and where it is.

use proptest::{prelude::*, sample::Index};

use crate::{
    documents::{self, Limits},
    json::{Json, units},
    scalars,
    shape::{Kind, Members},
};

/// A document with one mistake.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The document.
    pub document: Json,
    /// The member at fault, as an error names it: `senders[0].name`.
    pub path: String,
    /// How many values around it are kept whole when they cannot be read: 0 where reading must fail.
    pub kept_by: usize,
}

/// A known member, or an item of a list, has a value of a JSON type that it does not take.
pub(crate) fn mistaken(kind: &'static Kind) -> BoxedStrategy<Fault> {
    let values = (
        any::<bool>(),
        scalars::number(Limits::None),
        scalars::string(),
        documents::anything(Limits::None),
        documents::anything(Limits::None),
    );
    let values = values.prop_map(|(boolean, number, string, item, member)| {
        vec![
            Json::Bool(boolean),
            number,
            string,
            Json::Array(vec![item]),
            Json::object([("type", member)]),
        ]
    });
    at_any_site(
        kind,
        |_| true,
        |site| site.kept_by,
        (values, any::<Index>()),
        |document, site, (mut values, choice)| {
            if !site.may_be_null {
                values.push(Json::Null);
            }
            values.retain(|value| !site.kind.takes(value));
            let at = choice.index(values.len());
            site.replace(document, values.swap_remove(at));
        },
    )
}

/// A known member comes twice.
pub(crate) fn doubled(kind: &'static Kind) -> BoxedStrategy<Fault> {
    // Of a member that comes twice one would be lost, so that it is forgiven nothing.
    let kept_by = |site: &Site| site.kept_by - usize::from(site.is_forgiven);
    at_any_site(kind, |site| site.is_member, kept_by, Just(()), |document, site, ()| site.double(document))
}

/// Documents in which one place was changed.
fn at_any_site<S: Strategy + 'static>(
    kind: &'static Kind,
    wanted: fn(&Site) -> bool,
    kept_by: fn(&Site) -> usize,
    with: S,
    change: impl Fn(&mut Json, &Site, S::Value) + 'static,
) -> BoxedStrategy<Fault> {
    let documents = match kind {
        Kind::Tagged(kinds) | Kind::TaggedForgiving(kinds) => documents::known(kinds, Limits::None),
        _ => documents::value(kind, Limits::None),
    };
    let sites = (documents, any::<Index>()).prop_filter_map("nothing in it to change", move |(document, at)| {
        let mut walk = Walk {
            sites: Vec::new(),
            at: Site::root(kind),
            forgives: false,
        };
        walk.inside(kind, &document);
        walk.sites.retain(wanted);
        let site = (!walk.sites.is_empty()).then(|| at.get(&walk.sites).clone());
        Some((document, site?))
    });
    (sites, with)
        .prop_map(move |((mut document, site), with)| {
            change(&mut document, &site, with);
            Fault {
                document,
                kept_by: kept_by(&site),
                path: site.path,
            }
        })
        .boxed()
}

/// A place in a document of which the table says what it takes.
#[derive(Clone, Debug)]
struct Site {
    /// The places within arrays and objects that lead there.
    steps: Vec<usize>,
    path: String,
    kind: &'static Kind,
    kept_by: usize,
    may_be_null: bool,
    is_member: bool,
    /// Whether it is a member of an object that keeps it where it is something else.
    is_forgiven: bool,
}

impl Site {
    fn root(kind: &'static Kind) -> Self {
        Site {
            steps: Vec::new(),
            path: String::new(),
            kind,
            kept_by: 0,
            may_be_null: false,
            is_member: false,
            is_forgiven: false,
        }
    }

    fn replace(&self, document: &mut Json, value: Json) {
        let place = self.steps.iter().fold(document, |json, step| match json {
            Json::Array(items) => &mut items[*step],
            Json::Object(members) => &mut members[*step].1,
            leaf => leaf,
        });
        *place = value;
    }

    fn double(&self, document: &mut Json) {
        let Some((last, steps)) = self.steps.split_last() else {
            return;
        };
        let around = steps.iter().fold(document, |json, step| match json {
            Json::Array(items) => &mut items[*step],
            Json::Object(members) => &mut members[*step].1,
            leaf => leaf,
        });
        if let Json::Object(members) = around {
            members.push(members[*last].clone());
        }
    }
}

/// Collects the sites of a document.
struct Walk {
    sites: Vec<Site>,
    at: Site,
    /// Whether the object that comes next forgives, or each object of the list that comes next.
    forgives: bool,
}

impl Walk {
    /// What is inside of a value of this kind.
    fn inside(&mut self, kind: &'static Kind, value: &Json) {
        match (kind, value) {
            (Kind::List(item) | Kind::OneOrMany(item), Json::Array(items)) => {
                let forgives = self.forgives;
                for (at, value) in items.iter().enumerate() {
                    self.forgives = forgives;
                    self.item(at, item, value);
                }
            }
            (Kind::OneOrMany(kind), value) => self.inside(kind, value),
            (Kind::Map(item), Json::Object(members)) => {
                for (at, (name, value)) in members.iter().enumerate() {
                    self.member(at, &plain(name), item, value, false);
                }
            }
            (Kind::Object(members), Json::Object(object)) => self.object(members, object, |_| true),
            (Kind::Forgiving(members), Json::Object(object)) => {
                self.forgives = true;
                self.object(members, object, |_| true);
            }
            (Kind::Kept(kind), value) if kind.takes(value) => {
                self.at.kept_by += 1;
                self.inside(kind, value);
                self.at.kept_by -= 1;
            }
            (Kind::TaggedObject(_, members), Json::Object(object)) => {
                self.object(members, object, |name| name != "type");
                self.tag(object);
            }
            (Kind::Tagged(kinds) | Kind::TaggedForgiving(kinds), Json::Object(object)) => {
                let tag = object.iter().find(|(name, _)| plain(name) == "type");
                let Some((_, Json::String(tag))) = tag else { return };
                if let Some((_, members)) = kinds.iter().find(|(kind, _)| *kind == plain(tag)) {
                    self.at.kept_by += 1;
                    self.forgives = matches!(kind, Kind::TaggedForgiving(_));
                    self.object(members, object, |name| name != "type");
                    self.at.kept_by -= 1;
                }
            }
            (Kind::Either(kinds), value) => {
                if let Some(kind) = kinds.iter().find(|kind| kind.takes(value)) {
                    self.inside(kind, value);
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, members: Members, object: &[(String, Json)], wanted: fn(&str) -> bool) {
        let forgives = std::mem::take(&mut self.forgives);
        for (at, (name, value)) in object.iter().enumerate() {
            let name = plain(name);
            if !wanted(&name) {
                continue;
            }
            if let Some((_, kind)) = members.iter().find(|(known, _)| *known == name) {
                let is_forgiven = forgives && !matches!(kind, Kind::Vital(_) | Kind::VitalAsAWhole(_));
                self.forgives = forgives && matches!(kind, Kind::VitalAsAWhole(_));
                self.at.is_forgiven = is_forgiven;
                self.at.kept_by += usize::from(is_forgiven);
                self.member(at, &name, kind.held(), value, true);
                self.at.kept_by -= usize::from(is_forgiven);
                self.at.is_forgiven = false;
                self.forgives = false;
            }
        }
    }

    /// The `type` of an object of which the type is certain.
    fn tag(&mut self, object: &[(String, Json)]) {
        if let Some(at) = object.iter().position(|(name, _)| plain(name) == "type") {
            self.member(at, "type", &Kind::Text, &object[at].1, false);
        }
    }

    fn member(&mut self, at: usize, name: &str, kind: &'static Kind, value: &Json, may_be_null: bool) {
        let dot = if self.at.path.is_empty() { "" } else { "." };
        self.step(at, &format!("{dot}{name}"), kind, value, (may_be_null, true));
    }

    fn item(&mut self, at: usize, kind: &'static Kind, value: &Json) {
        self.step(at, &format!("[{at}]"), kind, value, (false, false));
    }

    fn step(&mut self, at: usize, path: &str, kind: &'static Kind, value: &Json, (null, member): (bool, bool)) {
        if matches!(kind, Kind::Foreign(_)) {
            return;
        }
        let length = self.at.path.len();
        self.at.steps.push(at);
        self.at.path.push_str(path);
        if !matches!(kind, Kind::Tagged(_) | Kind::TaggedForgiving(_) | Kind::Kept(_)) {
            self.sites.push(Site {
                kind,
                may_be_null: null,
                is_member: member,
                ..self.at.clone()
            });
        }
        let is_forgiven = std::mem::take(&mut self.at.is_forgiven);
        self.inside(kind, value);
        self.at.is_forgiven = is_forgiven;
        self.at.steps.pop();
        self.at.path.truncate(length);
    }
}

/// What a name or a string means.
fn plain(literal: &str) -> String {
    String::from_utf16_lossy(&units(literal))
}
