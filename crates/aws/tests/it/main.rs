//! Tests of the AWS adapters, against real engines that speak AWS's protocols.

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod guards;
#[cfg(test)]
mod relay;
#[cfg(test)]
mod sizes;
