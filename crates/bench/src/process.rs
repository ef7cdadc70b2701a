//! Processes: starting and ending them, and what the kernel knows of them (`/proc`, proc(5)).

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::Outcome;

/// A clock tick of `/proc/PID/stat`: a hundredth of a second, on every Linux that Rust runs on.
const TICK: Duration = Duration::from_millis(10);

/// A process of ours; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Outcome<Self> {
        let started = command.stdin(Stdio::null()).spawn();
        Ok(Self(started.map_err(|error| format!("{}: {error}", command.get_program().display()))?))
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// An error when it has ended.
    pub(crate) fn check(&mut self) -> Outcome {
        match self.0.try_wait()? {
            None => Ok(()),
            Some(status) => Err(format!("a process ended: {status}").into()),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended by itself needs neither.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// This program as a limit: it prints the address that it listens on.
#[derive(Debug)]
pub(crate) struct Limit {
    process: Process,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Limit {
    /// Starts it with these arguments.
    pub(crate) fn start(arguments: &[&str]) -> Outcome<Self> {
        let mut process =
            Process::start(Command::new(std::env::current_exe()?).args(arguments).stdout(Stdio::piped()))?;
        let output = process.0.stdout.take().ok_or("a limit has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().parse().map_err(|_| format!("a limit says {line:?} instead of its address"))?;
        Ok(Self { process, address })
    }

    /// Its number.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}

/// An address on a port that nothing listens on at this moment.
pub(crate) fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

/// The processor time that a process has taken so far, all its threads together.
pub(crate) fn cpu_time(pid: u32) -> Outcome<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in parentheses, may hold anything; user and system time are the 14th and the 15th field.
    let fields = stat.rsplit_once(')').ok_or("no such line")?.1.split_ascii_whitespace();
    let ticks = fields.skip(11).take(2).map(str::parse::<u32>).sum::<Result<u32, _>>()?;
    Ok(TICK * ticks)
}

/// The memory of a process that is in use now, and that was at most, in KiB.
pub(crate) fn memory(pid: u32) -> Outcome<[u64; 2]> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).ok_or("no such line")?;
        line.trim().trim_end_matches(" kB").parse::<u64>().map_err(|_| "no such number")
    };
    Ok([field("VmRSS:")?, field("VmHWM:")?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_knows_this_process() {
        let pid = std::process::id();
        assert!(cpu_time(pid).unwrap() < Duration::from_secs(3600));
        let [now, most] = memory(pid).unwrap();
        assert!(0 < now && now <= most);
    }
}
