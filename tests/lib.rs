//! A package for what needs several of the workspace's packages at once: tests beside this file, and `benches`.
