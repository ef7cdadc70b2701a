//! Tests of the AWS adapters, against real engines that speak AWS's protocols.

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod guards;
#[cfg(test)]
mod lines;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod transfer;
