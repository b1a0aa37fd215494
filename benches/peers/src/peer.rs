//! What the peers have in common.

use iamlet_workloads::Expected;

/// A peer with the policies of a workload loaded and its requests prebuilt.
pub(crate) trait Peer {
    /// Decides a request by its number. Peers that do not tell denies apart answer with an implicit one.
    fn decide(&self, request: usize) -> Expected;

    /// Whether it tells an explicit deny from an implicit one.
    fn tells_denies_apart(&self) -> bool {
        true
    }
}
