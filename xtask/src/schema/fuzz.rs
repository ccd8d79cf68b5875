//! The schema tools as a fuzzer calls them.

use super::check::check;
use super::contract::Contract;
use super::diff::{diff, to_json, to_text};
use super::files::{contract_in, openapi_in};
use super::manifest::Manifest;
use super::{code, coverage, deviations};

/// Stands between two contracts, to be compared with each other.
const BETWEEN: char = '\u{1e}';

/// Reads the input as everything that the tools read. A contract is printed and reads as the same, differs in nothing
/// from itself, and can be compared with any other.
///
/// # Panics
/// When it does not, which is what a fuzzer looks for.
#[expect(clippy::panic, reason = "how a fuzz target reports")]
pub(crate) fn fuzz(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let _ = (Manifest::parse(text), deviations::parse(text));
    if let Some((old, new)) = text.split_once(BETWEEN) {
        two(old, new);
        return;
    }
    for contract in [openapi_in(text), contract_in(text)].into_iter().flatten() {
        let printed = contract.to_text();
        let again = contract_in(&printed);
        if again.as_ref() != Ok(&contract) {
            panic!("{contract:?}\nis printed as\n{printed}\nand read as\n{again:?}");
        }
        let Ok(changes) = diff(&contract, &contract) else {
            return;
        };
        if !changes.is_empty() {
            panic!("{printed}\ndiffers from itself:\n{}", to_text(&changes));
        }
        against_the_code(&contract);
    }
}

/// What differs between two contracts can be told both ways, and is nothing only where it is nothing the other way too.
#[expect(clippy::panic, reason = "how a fuzz target reports")]
fn two(old: &str, new: &str) {
    let any = |text| openapi_in(text).or_else(|_| contract_in(text)).ok();
    let (Some(old), Some(new)) = (any(old), any(new)) else {
        return;
    };
    let (Ok(forth), Ok(back)) = (diff(&old, &new), diff(&new, &old)) else {
        return;
    };
    if forth.is_empty() != back.is_empty() {
        panic!("{}\nbut the other way round\n{}", to_text(&forth), to_text(&back));
    }
    against_the_code(&old);
    against_the_code(&new);
}

fn against_the_code(contract: &Contract) {
    let code = code::of(hubchannel_api::ApiVersion::V3);
    if let Ok(changes) = diff(contract, &code.contract) {
        let _ = (to_text(&changes), to_json(&changes));
    }
    let Ok(report) = check(&code, contract, &[], Some(&code.contract)) else {
        return;
    };
    let _ = super::check::to_text(&report);
    let _ = coverage::of(contract, &report).map(|coverage| coverage::to_text(&[coverage]));
}
