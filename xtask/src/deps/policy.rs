//! The rules, as a table to read and edit.
//!
//! - A package depends on exactly the packages in its `edges`, in normal and build dependencies alike, and names exactly
//!   the foreign crates in its `foreign`. Optional dependencies count like any other.
//! - For its tests it may use all of those again, and besides them exactly `dev_edges` and `dev_foreign`.
//! - An entry that an existing package does not use is an error, so the table never allows more than is needed. Rows and
//!   edges of packages that do not exist yet wait for them.
//! - To allow a foreign crate, add one line with the reason; to add a package, add a row.

use crate::features::Features;

/// Everything that `cargo xtask deps` holds the workspace to.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) packages: &'static [Package],
    /// The licences, as SPDX ids, under which what users build may come. A position, not an inventory: unused ones stay.
    pub(crate) licences: &'static [&'static str],
    /// Features of foreign crates that change what the crate does for everybody in the same build.
    pub(crate) banned_features: &'static [BannedFeature],
}

impl Policy {
    pub(crate) fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    /// Whether users get it. Only then do licences and Rust versions of what comes with it matter, and only then may
    /// other packages depend on it outside of tests.
    pub(crate) published: bool,
    pub(crate) edges: Edges,
    pub(crate) foreign: Foreign,
    pub(crate) dev_edges: &'static [&'static str],
    pub(crate) dev_foreign: &'static [Reasoned],
    pub(crate) bans: &'static [Ban],
    pub(crate) budget: Option<Budget>,
}

/// A foreign crate and why it is worth having.
pub(crate) type Reasoned = (&'static str, &'static str);

#[derive(Clone, Copy, Debug)]
pub(crate) enum Edges {
    Only(&'static [&'static str]),
    /// Any package but [`TOOL`].
    Any,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Foreign {
    Only(&'static [Reasoned]),
    Any,
}

/// Crates that must not come with a package, by whatever way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ban {
    pub(crate) crates: &'static [&'static str],
    /// The features of the package for which this holds.
    pub(crate) with: Features,
    pub(crate) reason: &'static str,
}

/// The most crates that a user may get with a package's default features: normal and build dependencies and what they
/// need in turn, procedural macros included, for the machine at hand, resolved as if the package were alone.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Budget {
    /// All of them, the package itself included.
    InAll(usize),
    /// Those which the package does not name in its own `foreign`, the package itself included. What it names was
    /// weighed one by one there; this holds down what comes along unasked.
    BesidesNamed(usize),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct BannedFeature {
    pub(crate) of: &'static str,
    pub(crate) features: &'static [&'static str],
    pub(crate) reason: &'static str,
}

/// The package that nothing depends on, not even where anything goes.
pub(crate) const TOOL: &str = "xtask";

pub(crate) const POLICY: Policy = Policy {
    packages: &[
        // Layer 0
        Package {
            name: "hubchannel-model",
            foreign: Foreign::Only(&[
                ("arrayvec", "ids and times in place, as text that need not be checked again to be written"),
                ("jiff", "timestamps, with nanoseconds and without a C library"),
                ("serde", "the traits through which every body is read and written"),
                ("serde_json", "raw JSON text, to lose nothing that is unknown"),
                ("serde_path_to_error", "names the member that could not be read, for everybody who decodes a body"),
            ]),
            dev_edges: &["hubchannel-testkit"],
            dev_foreign: &[
                ("allocation-counter", "shows that what is not there costs nothing, thread by thread"),
                ("proptest", "property tests"),
            ],
            bans: &[PURE, NO_RUNTIME],
            budget: Some(Budget::InAll(13)),
            ..LIBRARY
        },
        // Layer 1
        Package {
            name: "hubchannel-api",
            edges: Edges::Only(&["hubchannel-model"]),
            foreign: Foreign::Only(&[
                ("async-trait", "async methods in traits that stay object safe"),
                ("bytes", "bodies that are cheap to clone for a repeat"),
                ("futures-core", "lists and bodies as streams, by the trait that all runtimes share"),
                ("http", "the request and response types every transport knows"),
                ("http-body", "bodies as HTTP clients take and give them, behind the feature `http-body`"),
                ("httpdate", "reads the date in `Retry-After`"),
                ("percent-encoding", "ids in paths"),
                ("serde", "what bodies of operations are bound by"),
                ("serde_json", "writes and reads bodies"),
                ("thiserror", "error types without boilerplate"),
            ]),
            dev_foreign: &[("proptest", "generates what a property is to hold for")],
            bans: &[PURE, NO_RUNTIME],
            budget: Some(Budget::BesidesNamed(18)),
            ..LIBRARY
        },
        Package {
            name: "hubchannel-webhook",
            edges: Edges::Only(&["hubchannel-model"]),
            foreign: Foreign::Only(&[
                ("async-trait", "a store of what is done, whatever database it is"),
                ("axum", "an extractor, behind the feature `axum`"),
                ("base64", "the signature's encoding"),
                ("bytes", "bodies as a framework hands them over"),
                ("hmac", "the signature"),
                ("html5gum", "cuts hostile HTML into tags by the standard's own rules; needs no other crate"),
                ("http", "headers as a framework hands them over"),
                ("http-body", "bodies as they come in, behind the features `axum` and `tower`"),
                ("serde", "events without an id are known by all that they say"),
                ("serde_json", "events without an id are known by all that they say"),
                ("sha2", "the signature's hash"),
                ("tower-layer", "a layer, behind the feature `tower`"),
                ("tower-service", "a layer, behind the feature `tower`"),
            ]),
            dev_edges: &["hubchannel-testkit"],
            dev_foreign: &[
                ("allocation-counter", "shows that verifying costs nothing, thread by thread"),
                ("proptest", "generates what a property is to hold for"),
            ],
            bans: &[PURE_BY_DEFAULT, NO_RUNTIME_BY_DEFAULT],
            ..LIBRARY
        },
        // Layer 2
        Package {
            name: "hubchannel-hyper",
            edges: Edges::Only(&["hubchannel-api"]),
            foreign: Foreign::Only(&[
                ("http", "implements the transport trait"),
                ("hyper-rustls", "TLS, behind the feature `rustls`"),
                ("hyper-util", "the HTTP client this package is for, and its pool of connections"),
                ("rustls", "which cryptography TLS uses, behind the feature `rustls`"),
                ("tokio", "limits the time of connections; comes with hyper-util"),
                ("tower-service", "how hyper is told to connect; comes with it"),
            ]),
            dev_foreign: &[("tokio", "runs async tests")],
            ..LIBRARY
        },
        Package {
            name: "hubchannel-reqwest",
            edges: Edges::Only(&["hubchannel-api"]),
            foreign: Foreign::Only(&[
                ("http", "implements the transport trait"),
                ("reqwest", "the HTTP client this package is for"),
                ("tokio", "tells whether there is a runtime; comes with reqwest"),
            ]),
            dev_foreign: &[
                ("serde_json", "the JSON that the bytes on the wire are held against"),
                ("tokio", "runs async tests and loopback servers"),
            ],
            ..LIBRARY
        },
        Package {
            name: "hubchannel-mock",
            edges: Edges::Only(&["hubchannel-api"]),
            foreign: Foreign::Only(&[
                ("async-trait", "implements the transport trait"),
                ("bytes", "bodies of scripted answers"),
                ("http", "implements the transport trait"),
                ("mockall", "doubles of the traits"),
                ("serde", "scripted answers from any type that serialises"),
                ("serde_json", "JSON in matchers and scripted answers"),
            ]),
            dev_foreign: &[("tokio", "runs async tests")],
            bans: &[NO_RUNTIME],
            ..LIBRARY
        },
        Package {
            name: "hubchannel-middleware",
            edges: Edges::Only(&["hubchannel-api"]),
            foreign: Foreign::Only(&[
                ("async-trait", "implements the transport trait"),
                ("bytes", "the pieces of an answer that comes in, and of a file that is sent"),
                ("fastrand", "waits that differ from caller to caller, from a seed"),
                ("futures-core", "an answer that comes in is a stream"),
                ("http", "implements the transport trait"),
                ("tokio", "timers, and threads on which files are read"),
                ("tracing", "spans of calls and attempts, for whatever the user collects them with"),
            ]),
            dev_foreign: &[
                ("proptest", "generates what a property is to hold for"),
                ("tempfile", TEMPFILE),
            ],
            bans: &[NO_CLIENT],
            ..LIBRARY
        },
        // Layer 3
        Package {
            name: "hubchannel-emulator",
            edges: Edges::Only(&["hubchannel-api", "hubchannel-webhook"]),
            foreign: Foreign::Only(&[
                ("async-trait", "implements the transport trait"),
                ("axum", "the server, behind the feature `http`"),
                ("base64", "files and bodies in the JSON of the admin API"),
                ("bytes", "bodies of the in-process transport"),
                ("fastrand", "times of retries, from a seed"),
                ("html5gum", "finds formatting by the standard's own rules; needs no other crate"),
                ("http", "implements the transport trait"),
                ("http-body", "answers that break off, behind the feature `http`; comes with axum"),
                ("serde", "what the admin API takes and shows; skips over JSON to find where it breaks"),
                ("serde_json", "the places of errors in a body"),
                (
                    "serde_path_to_error",
                    "names the member of a request to the admin API or of a snapshot that is wrong",
                ),
                ("tokio", "the server, behind the feature `http`"),
            ]),
            dev_edges: &["hubchannel-mock"],
            dev_foreign: &[("proptest", "generates courses of events")],
            bans: &[NO_CLIENT_BUT_SERVER],
            ..LIBRARY
        },
        // Layer 4
        Package {
            name: "hubchannel",
            edges: Edges::Only(&[
                "hubchannel-api",
                "hubchannel-emulator",
                "hubchannel-hyper",
                "hubchannel-middleware",
                "hubchannel-mock",
                "hubchannel-model",
                "hubchannel-reqwest",
                "hubchannel-webhook",
            ]),
            dev_foreign: &[
                ("axum", "the server of an example"),
                ("http", "the requests of an example"),
                ("tokio", "runs an example"),
            ],
            bans: &[NO_RUNTIME_UNASKED],
            ..LIBRARY
        },
        Package {
            name: "hubchannel-cli",
            edges: Edges::Only(&["hubchannel", "hubchannel-emulator"]),
            foreign: Foreign::Only(&[
                ("async-trait", "a transport that tells of webhooks"),
                ("clap", "the command line"),
                ("http", "the header by which an emulator is known"),
                ("rustix", "a lock on the state file that ends with the process, which std has from Rust 1.89 on"),
                ("serde", "output for machines"),
                ("serde_json", "output for machines"),
                ("tokio", "the program's runtime"),
            ]),
            dev_foreign: &[("tempfile", TEMPFILE)],
            ..LIBRARY
        },
        // Dev only
        Package {
            name: "hubchannel-testkit",
            edges: Edges::Only(&["hubchannel-model"]),
            foreign: Foreign::Only(&[
                ("proptest", "strategies"),
                ("serde", "decodes documents into values"),
                ("serde_json", "writes values; switches its features on for `cargo xtask exact-json`"),
            ]),
            bans: &[NO_RUNTIME],
            ..INTERNAL
        },
        Package {
            name: "hubchannel-tests",
            edges: Edges::Any,
            foreign: Foreign::Any,
            ..INTERNAL
        },
        Package {
            name: "hubchannel-browser-tests",
            dev_edges: &["hubchannel"],
            dev_foreign: &[
                ("axum", "the bridge behind the page, and a page from elsewhere"),
                ("serde_json", "what scripts in the browser return"),
                ("tempfile", TEMPFILE),
                (
                    "thirtyfour",
                    "drives the browser over WebDriver; it changes serde_json, so nothing else is built with it",
                ),
                ("tokio", "runs the tests, the servers and the browser's driver"),
            ],
            ..INTERNAL
        },
        Package {
            name: TOOL,
            edges: Edges::Any,
            foreign: Foreign::Only(&[
                ("cargo_metadata", "reads what cargo says about packages"),
                ("serde", "reads JSON without losing a member that is given twice"),
                ("serde_json", "reads HubSpot's descriptions and the contracts made of them"),
            ]),
            dev_foreign: &[
                ("http", "what an emulator is asked, to hold its answers against HubSpot's descriptions"),
                ("jsonschema", "a validator of somebody else's, to hold what the model writes against"),
                ("proptest", "generates what a property is to hold for"),
            ],
            ..INTERNAL
        },
    ],
    // MPL-2.0 is left out on purpose: it asks something of those who ship a program built with it.
    licences: &[
        "MIT",
        "Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "CDLA-Permissive-2.0",
        "ISC",
        "Unicode-3.0",
        "Unlicense",
        "Zlib",
    ],
    banned_features: &[BannedFeature {
        of: "serde_json",
        features: &[
            "arbitrary_precision",
            "float_roundtrip",
            "preserve_order",
            "unbounded_depth",
        ],
        reason: "it changes serde_json for every crate of the user's program",
    }],
};

/// Why tests may use tempfile.
const TEMPFILE: &str = "files and folders of a test's own, which go with it";

/// What a published package has unless its row says otherwise: nothing.
const LIBRARY: Package = Package {
    name: "",
    published: true,
    edges: Edges::Only(&[]),
    foreign: Foreign::Only(&[]),
    dev_edges: &[],
    dev_foreign: &[],
    bans: &[],
    budget: None,
};

/// What a package for the workspace's own use has unless its row says otherwise.
const INTERNAL: Package = Package {
    published: false,
    ..LIBRARY
};

const PURE: Ban = Ban {
    crates: &["tokio", "hyper", "reqwest", "url"],
    with: Features::All,
    reason: "this package is plain data and decisions, without I/O",
};

const PURE_BY_DEFAULT: Ban = Ban {
    with: Features::Default,
    ..PURE
};

const NO_RUNTIME: Ban = Ban {
    crates: &["tokio", "async-std", "smol"],
    with: Features::All,
    reason: "which runtime is used is the user's choice",
};

/// For adapters to frameworks, which a feature brings in.
const NO_RUNTIME_BY_DEFAULT: Ban = Ban {
    with: Features::Default,
    ..NO_RUNTIME
};

/// For a package whose features are other packages, some of which need a runtime.
const NO_RUNTIME_UNASKED: Ban = Ban {
    with: Features::None,
    ..NO_RUNTIME
};

const NO_CLIENT: Ban = Ban {
    crates: &["reqwest", "hyper", "hyper-util", "isahc", "ureq"],
    with: Features::All,
    reason: "this package works with any transport",
};

/// Hyper is in the server too.
const NO_CLIENT_BUT_SERVER: Ban = Ban {
    crates: &["reqwest", "isahc", "ureq"],
    ..NO_CLIENT
};

#[cfg(test)]
mod tests {
    use super::*;

    fn position(name: &str) -> usize {
        POLICY.packages.iter().position(|package| package.name == name).unwrap()
    }

    #[test]
    fn edges_only_lead_to_rows_above() {
        for package in POLICY.packages {
            let Edges::Only(edges) = package.edges else { continue };
            for edge in edges {
                assert!(position(edge) < position(package.name), "{} -> {edge}", package.name);
            }
        }
    }

    #[test]
    fn nothing_published_needs_what_is_not() {
        for package in POLICY.packages.iter().filter(|package| package.published) {
            let Edges::Only(edges) = package.edges else {
                panic!("{} has no list", package.name)
            };
            for edge in edges {
                assert!(POLICY.package(edge).unwrap().published, "{} -> {edge}", package.name);
            }
        }
    }

    #[test]
    fn lists_are_sorted_and_reasons_given() {
        for package in POLICY.packages {
            if let Edges::Only(edges) = package.edges {
                assert!(edges.is_sorted(), "edges of {}", package.name);
            }
            if let Foreign::Only(foreign) = package.foreign {
                for list in [foreign, package.dev_foreign] {
                    assert!(list.is_sorted_by_key(|(name, _)| name), "foreign crates of {}", package.name);
                    assert!(list.iter().all(|(_, reason)| !reason.is_empty()), "reasons of {}", package.name);
                }
            }
        }
    }
}
