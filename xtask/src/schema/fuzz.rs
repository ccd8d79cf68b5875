//! The schema tools as a fuzzer calls them.

use super::check::check;
use super::contract::Contract;
use super::diff::{diff, to_json, to_text};
use super::files::{contract_in, openapi_in};
use super::manifest::Manifest;
use super::{code, deviations};

/// Reads the input as everything that the tools read. A contract is printed and reads as the same, differs in nothing
/// from itself, and can be compared with any other.
///
/// # Panics
/// When it does not, which is what a fuzzer looks for.
#[expect(clippy::panic, reason = "how a fuzz target reports")]
pub(crate) fn fuzz(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let _ = (Manifest::parse(text), deviations::parse(text));
    for contract in [openapi_in(text), contract_in(text)].into_iter().flatten() {
        let printed = contract.to_text();
        let again = contract_in(&printed);
        if again.as_ref() != Ok(&contract) {
            panic!("{contract:?}\nis printed as\n{printed}\nand read as\n{again:?}");
        }
        let changes = diff(&contract, &contract);
        if !changes.is_empty() {
            panic!("{printed}\ndiffers from itself:\n{}", to_text(&changes));
        }
        against_the_code(&contract);
    }
}

fn against_the_code(contract: &Contract) {
    let code = code::of(hubchannel_api::ApiVersion::V3);
    let changes = diff(contract, &code.contract);
    let _ = (to_text(&changes), to_json(&changes));
    let _ = super::check::to_text(&check(&code, contract, &[], Some(&code.contract)));
}
