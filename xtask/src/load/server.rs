//! A program that answers, on a core of its own.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{fs, thread};

use super::{Client, failed};
use crate::error::{Error, Result};

/// Ends with this.
#[derive(Debug)]
pub(super) struct Server {
    name: &'static str,
    address: SocketAddr,
    child: Child,
}

impl Server {
    /// Starts a program on this core; it is told the address to listen at, and answers there when this returns.
    pub(super) fn start(
        name: &'static str,
        core: usize,
        program: &Path,
        arguments: impl FnOnce(SocketAddr) -> Result<Vec<String>>,
    ) -> Result<Self> {
        let address = free_address()?;
        let child = Command::new("taskset")
            .args(["-c", &core.to_string()])
            .arg(program)
            .args(arguments(address)?)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed(name))?;
        let mut server = Server { name, address, child };
        server.wait()?;
        Ok(server)
    }

    #[expect(clippy::disallowed_methods, reason = "a program that starts has no clock of ours")]
    fn wait(&mut self) -> Result<()> {
        for _ in 0..600 {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(Error::failed(format!("{} has ended ({status}) before it answered", self.name)));
            }
            if TcpStream::connect(self.address).is_ok() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err(Error::failed(format!("{} does not listen at {} after a minute", self.name, self.address)))
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn client(&self) -> Result<Client> {
        Client::connect(self.address)
    }

    /// How many KiB of memory it has now.
    pub(super) fn resident(&self) -> Result<u64> {
        let file = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&file).map_err(failed("cannot read the memory of a program from /proc"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.ok_or_else(|| Error::failed(format!("{file} does not say VmRSS; has {} ended?", self.name)))
    }
}

impl Server {
    /// How many seconds it has computed so far, which other work on the machine does not change.
    pub(super) fn computed(&self) -> Result<f64> {
        /// How many of the kernel's ticks a second has, on every architecture that counts.
        const TICKS: f64 = 100.0;
        let file = format!("/proc/{}/stat", self.child.id());
        let text = fs::read_to_string(&file).map_err(failed("cannot read the time of a program from /proc"))?;
        // Behind the name, which may have spaces and ends with the last bracket, are the state and numbers.
        let numbers = text.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: Vec<f64> = numbers
            .skip(11)
            .take(2)
            .filter_map(|number| number.parse().ok())
            .collect();
        match ticks[..] {
            [user, system] => Ok((user + system) / TICKS),
            _ => Err(Error::failed(format!("{file} does not say what {} has computed", self.name))),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that nobody listened at a moment ago.
fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    listener.map_err(failed("there is no free port"))
}
