//! Who may depend on what: the layers between the packages, the foreign crates, and what comes with them.
//!
//! [`policy`] is the table that people edit. [`facts`] asks cargo how things are, [`check`] compares the two and knows
//! nothing of cargo, and this file shows the result.

mod check;
mod facts;
mod licence;
mod manifest;
mod policy;

use std::fmt::Write as _;

use crate::deps::check::Violation;
use crate::deps::facts::{Kind, Workspace};
use crate::deps::policy::{POLICY, Policy};
use crate::error::{Error, Result, no_arguments};
use crate::output;

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    no_arguments("deps", arguments)?;
    let workspace = facts::gather(&POLICY)?;
    output::print(&table(&POLICY, &workspace))?;

    let violations = check::check(&POLICY, &workspace);
    if violations.is_empty() {
        return Ok(());
    }
    let mut message = String::from("the dependencies break the rules of xtask/src/deps/policy.rs:");
    for Violation { what, place, mend } in &violations {
        // Writing to a `String` cannot fail.
        _ = write!(message, "\n\n  {what}\n    where: {place}\n    mend:  {mend}");
    }
    _ = write!(message, "\n\n{} to mend", violations.len());
    Err(Error::failed(message))
}

/// One line per package: how many crates a user gets of its budget, and the foreign crates it names itself.
fn table(policy: &Policy, workspace: &Workspace) -> String {
    let mut table = format!("{:<24} {:>12}  foreign crates it names\n", "package", "tree");
    for member in &workspace.members {
        let package = policy.package(&member.name);
        let count = match package.and_then(|package| package.budget.map(|budget| (package, budget))) {
            Some((package, budget)) => {
                let (counted, most) = check::counted(budget, package, &member.default_tree);
                format!("{} ({counted}/{most})", member.default_tree.len())
            }
            None => member.default_tree.len().to_string(),
        };
        let mut foreign: Vec<&str> = member
            .dependencies
            .iter()
            .filter(|dependency| !dependency.internal && dependency.kind != Kind::Dev)
            .map(|dependency| dependency.name.as_str())
            .collect();
        foreign.sort_unstable();
        foreign.dedup();
        _ = writeln!(table, "{:<24} {count:>12}  {}", member.name, foreign.join(", "));
    }
    table
}
