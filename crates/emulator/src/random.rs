//! Numbers that look random and come again with the same seed.

/// The finalizer of SplitMix64: of one seed, every number gives another.
pub(crate) fn mix(seed: u64, number: u64) -> u64 {
    let mut bits = seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// Whether something happens that happens with this probability.
pub(crate) fn happens(bits: u64, probability: f64) -> bool {
    // The upper 53 bits, which a float holds exactly, as a number from 0 to less than 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits lose none")]
    let drawn = (bits >> 11) as f64 / (1_u64 << 53) as f64;
    drawn < probability
}
