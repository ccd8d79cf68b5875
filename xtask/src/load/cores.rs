//! Which cores programs run on.

use std::fs;

use super::failed;
use crate::error::{Error, Result};

/// Two cores that this process may run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cores {
    /// For servers.
    pub(super) server: usize,
    /// For who calls them.
    pub(super) caller: usize,
}

impl Cores {
    pub(super) fn find() -> Result<Self> {
        let status = fs::read_to_string("/proc/self/status").map_err(failed("cannot read the cores from /proc"))?;
        Cores::read(&status)
    }

    fn read(status: &str) -> Result<Self> {
        let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        let list = list.ok_or_else(|| Error::failed("/proc/self/status does not say Cpus_allowed_list"))?;
        let mut cores = list.trim().split(',').filter_map(range).flatten();
        match (cores.next(), cores.next()) {
            (Some(server), Some(caller)) => Ok(Cores { server, caller }),
            _ => Err(Error::failed(format!(
                "`load` needs two cores, one for the server, one for who calls it, and may use only `{}`; allow it more, \
                 as with `taskset -c 0,1`",
                list.trim()
            ))),
        }
    }
}

/// Reads `3` or `5-7`.
fn range(text: &str) -> Option<std::ops::RangeInclusive<usize>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.parse().ok()?..=last.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &str) -> Result<Cores> {
        Cores::read(&format!("Name:\txtask\nCpus_allowed:\tff\nCpus_allowed_list:\t{list}\nMems_allowed:\t1\n"))
    }

    #[test]
    fn the_first_two_cores_that_are_allowed_are_taken() {
        for (list, server, caller) in [("0-7", 0, 1), ("2,5", 2, 5), ("3,6-9", 3, 6), ("10-11,0", 10, 11)] {
            assert_eq!(read(list).unwrap(), Cores { server, caller }, "{list}");
        }
    }

    #[test]
    fn where_there_are_not_two_that_is_told() {
        for list in ["4", "4-4", ""] {
            let error = read(list).unwrap_err().to_string();
            assert!(error.contains("needs two cores") && error.contains(&format!("`{list}`")), "{error}");
        }
        assert!(Cores::read("Name:\txtask\n").is_err());
    }
}
