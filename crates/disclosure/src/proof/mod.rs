//! That nothing hidden can be worked out: random tables and pairs of releases
//! against attackers who are written without a look at how cells are hidden.

mod attack;
mod examples;
mod london;
mod measured;
mod measures;
mod pairs;
mod search;
mod single;
mod tables;
