//! Chooses what else to hide so that what must be hidden cannot be worked out.
//!
//! Cells are offered for publication one after the other, the ones that tell
//! most first; one is published if every secret stays safe with it, and hidden
//! otherwise. Each step keeps the proof, so there is nothing to undo.

use std::collections::BTreeSet;

use super::feasible_tables::{Limits, World, Worlds};

/// How many kinds of attacker are reckoned with.
pub(super) const ATTACKERS: usize = 3;

/// A variable that must stay uncertain: how far apart its least and greatest
/// possible count must lie for each attacker.
#[derive(Debug, Clone)]
pub(super) struct Secret {
    pub(super) variable: usize,
    pub(super) spreads: [i64; ATTACKERS],
}

/// Secrets, each with two worlds that show it uncertain.
pub(super) struct Guard {
    pub(super) worlds: Worlds,
    attackers: [Limits; ATTACKERS],
    secrets: Vec<Secret>,
    proofs: Vec<Proof>,
}

/// Two worlds in which a secret lies far enough apart.
#[derive(Clone)]
struct Proof {
    secret: usize,
    attacker: usize,
    low: World,
    high: World,
}

/// Publishes what can be of `candidates`, in their order, and gives back those
/// hidden. They cannot be known exactly either: while one could, it becomes a
/// secret itself and the choice is made again. None when the secrets are not
/// safe to begin with.
pub(super) fn choose(
    worlds: &Worlds,
    attackers: &[Limits; ATTACKERS],
    mut secrets: Vec<Secret>,
    candidates: &[usize],
) -> Option<BTreeSet<usize>> {
    loop {
        let mut guard = Guard::new(worlds.clone(), attackers.clone());
        if !secrets.iter().all(|secret| guard.admit(secret.clone())) {
            return None;
        }
        let is_secret = |variable| secrets.iter().any(|s| s.variable == variable);
        let hidden: BTreeSet<usize> = candidates
            .iter()
            .copied()
            .filter(|&candidate| is_secret(candidate) || guard.offer(candidate).is_err())
            .collect();
        let unsafe_yet: Vec<Secret> = hidden
            .iter()
            .filter(|&&variable| !is_secret(variable))
            .map(|&variable| Secret {
                variable,
                spreads: [1, 1, 0],
            })
            .filter(|secret| !guard.admit(secret.clone()))
            .collect();
        if unsafe_yet.is_empty() {
            return Some(hidden);
        }
        secrets.extend(unsafe_yet);
    }
}

impl Guard {
    pub(super) fn new(worlds: Worlds, attackers: [Limits; ATTACKERS]) -> Self {
        Self {
            worlds,
            attackers,
            secrets: Vec::new(),
            proofs: Vec::new(),
        }
    }

    /// Takes on a secret if it is safe as things stand.
    pub(super) fn admit(&mut self, secret: Secret) -> bool {
        self.secrets.push(secret);
        let number = self.secrets.len() - 1;
        let proofs: Option<Vec<Proof>> = (0..ATTACKERS)
            .map(|attacker| self.prove(number, attacker, &[]))
            .collect();
        match proofs {
            Some(proofs) => self.proofs.extend(proofs),
            None => drop(self.secrets.pop()),
        }
        self.secrets.len() > number
    }

    /// Publishes a variable if every secret stays safe; otherwise leaves all
    /// as it was and tells the variable of a secret that would not.
    pub(super) fn offer(&mut self, variable: usize) -> Result<(), usize> {
        self.worlds.fix(variable);
        let broken: Vec<usize> = (0..self.proofs.len())
            .filter(|&number| self.proofs[number].rests_on(variable))
            .collect();
        let mut found = Vec::new();
        for &number in &broken {
            let Proof {
                secret, attacker, ..
            } = self.proofs[number];
            match self.prove(secret, attacker, &found) {
                Some(proof) => found.push(proof),
                None => {
                    self.worlds.unfix(variable);
                    return Err(self.secrets[secret].variable);
                }
            }
        }
        for (number, proof) in broken.into_iter().zip(found) {
            self.proofs[number] = proof;
        }
        Ok(())
    }

    fn prove(&mut self, secret: usize, attacker: usize, known: &[Proof]) -> Option<Proof> {
        let Secret { variable, spreads } = &self.secrets[secret];
        let (variable, spread) = (*variable, spreads[attacker]);
        let at_hand = known
            .iter()
            .filter(|proof| proof.attacker == attacker)
            .find(|proof| proof.high.at(variable) - proof.low.at(variable) >= spread);
        if let Some(proof) = at_hand {
            return Some(Proof {
                secret,
                ..proof.clone()
            });
        }
        let limits = &self.attackers[attacker];
        let high = self.worlds.furthest(limits, variable, 1, spread);
        let lacking = spread - high.at(variable);
        let low = match lacking {
            1.. => self.worlds.furthest(limits, variable, -1, lacking),
            _ => World::default(),
        };
        (high.at(variable) - low.at(variable) >= spread).then_some(Proof {
            secret,
            attacker,
            low,
            high,
        })
    }
}

impl Proof {
    fn rests_on(&self, variable: usize) -> bool {
        self.low.at(variable) != 0 || self.high.at(variable) != 0
    }
}
