//! The schema tools as the fuzzer calls them.

/// Reads the input as everything that the schema tools read, and holds what they make of it against itself.
///
/// # Panics
/// When something is not as it must be, which is what the fuzzer looks for.
pub fn schema(input: &[u8]) {
    crate::schema::fuzz(input);
}
