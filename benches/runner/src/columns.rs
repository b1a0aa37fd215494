//! The columns and rows of the benchmarks' table.

/// The peers, as their rows begin.
pub const PEERS: [&str; 3] = ["iam-rs", "regorus", "Cedar"];

/// Workloads with their statements.
pub const TABLE: [(&str, u32); 6] =
    [("w1", 1), ("w2", 59), ("w3-1k", 1_000), ("w3-10k", 10_000), ("w3-100k", 100_000), ("w4", 45)];
