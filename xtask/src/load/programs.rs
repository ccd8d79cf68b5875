//! The programs that a measurement needs, and what to do where they are not there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Cores, Room, Server};
use crate::cargo::{self, Cargo};
use crate::error::{Error, Result};

/// How each is asked whether it is there, and got where it is not.
const TASKSET: (&str, &str, &str) = ("taskset", "--version", "apt-get install util-linux");
const WRK: (&str, &str, &str) = ("wrk", "-v", "apt-get install wrk");
const NGINX: (&str, &str, &str) = ("nginx", "-v", "apt-get install nginx-light");
const PRISM: (&str, &str, &str) = ("prism", "--version", "npm install -g @stoplight/prism-cli");

#[derive(Debug)]
pub(super) struct Programs {
    pub(super) cores: Cores,
    hubchannel: PathBuf,
}

impl Programs {
    /// Builds the emulator, unless it is given. Without wrk and taskset nothing can be measured; what is only there to be
    /// compared with may be missing.
    pub(super) fn find(hubchannel: Option<PathBuf>) -> Result<Self> {
        if !cfg!(target_os = "linux") {
            return Err(Error::failed(
                "`load` needs Linux: taskset gives programs their cores, /proc says their memory",
            ));
        }
        let cores = Cores::find()?;
        for program in [TASKSET, WRK] {
            if !is_there(program) {
                return Err(Error::failed(missing(program)));
            }
        }
        let hubchannel = match hubchannel {
            Some(program) => program,
            None => {
                Cargo::new(["build", "--release", "--package", "hubchannel-cli"]).run()?;
                let target = cargo::workspace()?.target_directory;
                target.join("release").join("hubchannel").into()
            }
        };
        Ok(Programs { cores, hubchannel })
    }

    pub(super) fn emulator(&self, _: &Room) -> Result<Server> {
        Server::start("emulator", self.cores.server, &self.hubchannel, |address| {
            let address = address.to_string();
            Ok(["emulate", "--without-rate-limits", "--listen", &address]
                .map(str::to_owned)
                .into())
        })
    }

    /// Answers everything with this body; `None` where there is no nginx.
    pub(super) fn nginx(&self, room: &Room, body: &str) -> Result<Option<Server>> {
        if !is_there(NGINX) {
            return Ok(None);
        }
        let folder = room.path().display();
        let server = Server::start("nginx", self.cores.server, Path::new(NGINX.0), |address| {
            let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
            let paths = paths.map(|path| format!("{path}_temp_path {folder}/{path};")).concat();
            let text = format!(
                "daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n\
                 events {{ worker_connections 1024; }}\n\
                 http {{\n access_log off; keepalive_requests 1000000000; {paths}\n default_type application/json;\n\
                 server {{ listen {address}; location / {{ if ($request_method = POST) {{ return 201 '{body}'; }}\n\
                 return 200 '{body}'; }} }} }}\n"
            );
            let file = room.write("nginx.conf", &text)?;
            Ok(["-c", &file.display().to_string(), "-p", &folder.to_string()]
                .map(str::to_owned)
                .into())
        });
        server.map(Some)
    }

    /// Answers as this OpenAPI document says; `None` where there is no Prism.
    pub(super) fn prism(&self, room: &Room, description: &str) -> Result<Option<Server>> {
        if !is_there(PRISM) {
            return Ok(None);
        }
        let server = Server::start("Prism", self.cores.server, Path::new(PRISM.0), |address| {
            let file = room.write("openapi.json", description)?;
            let (host, port) = (address.ip().to_string(), address.port().to_string());
            let file = file.display().to_string();
            let arguments = [
                "mock",
                &file,
                "--host",
                &host,
                "--port",
                &port,
                "--verboseLevel",
                "silent",
            ];
            Ok(arguments.map(str::to_owned).into())
        });
        server.map(Some)
    }

    /// What is left out of the comparison, and how to get it.
    pub(super) fn missing(&self) -> Vec<String> {
        let compared = [NGINX, PRISM].into_iter();
        compared.filter(|program| !is_there(*program)).map(missing).collect()
    }
}

fn is_there((program, argument, _): (&str, &str, &str)) -> bool {
    let started = Command::new(program)
        .arg(argument)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    // wrk says its version and ends with 1.
    started.is_ok()
}

fn missing((program, _, install): (&str, &str, &str)) -> String {
    format!("{program} is not on the PATH; on Debian and Ubuntu: {install}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_with_the_way_to_get_it() {
        assert!(!is_there(("a-program-that-is-nowhere", "--version", "")));
        assert_eq!(missing(WRK), "wrk is not on the PATH; on Debian and Ubuntu: apt-get install wrk");
    }
}
