//! The program as its users meet it: started as a process, talked to over its address, its signals and its commands.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod server;
#[cfg(test)]
mod serving;
#[cfg(test)]
mod start;
#[cfg(test)]
mod users;
