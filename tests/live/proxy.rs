//! A TCP proxy of our own on loopback: cuts at a byte, goes silent, is slow, refuses.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    runtime::Runtime,
    sync::watch,
    time,
};

use crate::waiting::{Log, PATIENCE};

/// Which way bytes go.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    /// From the client.
    ToServer,
    /// From the server.
    ToClient,
}

/// How a connection is cut.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Cut {
    /// Closed in order (FIN), as by a server that ends.
    Close,
    /// Torn (RST), as by a router that forgot the connection.
    Reset,
}

/// A proxy between one client and one server; gone when dropped.
pub(crate) struct Proxy {
    port: u16,
    shared: Arc<Shared>,
    // Dropping the runtime ends every connection.
    runtime: Option<Runtime>,
}

struct Shared {
    server: u16,
    plan: Mutex<Plan>,
    mode: watch::Sender<Mode>,
    opened: Log<u64>,
    cuts: Log<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Plan {
    /// Cut when this many more bytes have gone this way.
    cut: Option<(Way, u64, Cut)>,
    /// The same for the next connection.
    next: Option<(Way, u64, Cut)>,
    /// Bytes that went through on the present connection.
    passed: [u64; 2],
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Mode {
    silent: bool,
    refuses: bool,
    bytes_per_second: Option<u32>,
    /// Connections up to this number are cut.
    cut_up_to: u64,
    reset: bool,
}

impl Proxy {
    /// A proxy before the server at this port of loopback.
    pub(crate) fn before(server: u16) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .expect("a free port");
        let port = listener.local_addr().expect("a bound port").port();
        let shared = Arc::new(Shared {
            server,
            plan: Mutex::default(),
            mode: watch::Sender::new(Mode::default()),
            opened: Log::default(),
            cuts: Log::default(),
        });
        runtime.spawn(accept(listener, Arc::clone(&shared)));
        Self {
            port,
            shared,
            runtime: Some(runtime),
        }
    }

    /// Where clients connect to.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Cuts the present connection.
    pub(crate) fn cut(&self, how: Cut) {
        let newest = self.connections() as u64;
        self.change(|mode| {
            mode.cut_up_to = newest;
            mode.reset = how == Cut::Reset;
        });
    }

    /// Cuts, once, when this many further bytes have gone this way; on the present connection or on the next ones.
    pub(crate) fn cut_after(&self, way: Way, bytes: u64, how: Cut) {
        self.shared.plan().cut = Some((way, bytes, how));
    }

    /// Cuts, once, when this many bytes have gone this way on the next connection.
    pub(crate) fn cut_after_on_next(&self, way: Way, bytes: u64, how: Cut) {
        self.shared.plan().next = Some((way, bytes, how));
    }

    /// Lets no byte through any more, but keeps the connections: nobody is told.
    pub(crate) fn go_silent(&self) {
        self.change(|mode| mode.silent = true);
    }

    /// Lets bytes through again, also those that waited.
    pub(crate) fn speak(&self) {
        self.change(|mode| mode.silent = false);
    }

    /// Closes new connections at once.
    pub(crate) fn refuse(&self) {
        self.change(|mode| mode.refuses = true);
    }

    /// Takes new connections again.
    pub(crate) fn admit(&self) {
        self.change(|mode| mode.refuses = false);
    }

    /// Lets this many bytes through each second, each way.
    pub(crate) fn slow_down(&self, bytes_per_second: u32) {
        self.change(|mode| mode.bytes_per_second = Some(bytes_per_second));
    }

    /// How many connections there have been, refused ones included.
    pub(crate) fn connections(&self) -> usize {
        self.shared.opened.len()
    }

    /// Waits until there have been this many connections.
    pub(crate) fn sees_connections(&self, count: usize) {
        let seen = self
            .shared
            .opened
            .wait(PATIENCE, |all| (all.len() >= count).then_some(()));
        assert!(
            seen.is_some(),
            "{} connections, not {count}",
            self.connections()
        );
    }

    /// How often it has cut.
    pub(crate) fn cuts(&self) -> usize {
        self.shared.cuts.len()
    }

    /// Waits until it has cut this often.
    pub(crate) fn sees_cuts(&self, count: usize, patience: Duration) -> bool {
        self.shared
            .cuts
            .wait(patience, |all| (all.len() >= count).then_some(()))
            .is_some()
    }

    /// Whether there has been a connection since the last cut.
    pub(crate) fn came_back(&self) -> bool {
        let last = |all: &[u64]| Some(all.last().copied().unwrap_or_default());
        let cut = self.shared.cuts.wait(Duration::ZERO, last);
        self.connections() as u64 > cut.unwrap_or_default()
    }

    /// Bytes that went this way on the newest connection.
    pub(crate) fn passed(&self, way: Way) -> u64 {
        self.shared.plan().passed[way as usize]
    }

    fn change(&self, change: impl FnOnce(&mut Mode)) {
        self.shared.mode.send_modify(change);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Shared {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many of these bytes may pass, and whether the connection is cut after them.
    fn pass(&self, way: Way, count: usize) -> (usize, Option<Cut>) {
        let mut plan = self.plan();
        let mut allowed = count as u64;
        let mut cut = None;
        if let Some((planned, left, how)) = plan.cut
            && planned == way
        {
            if left <= allowed {
                allowed = left;
                cut = Some(how);
                plan.cut = None;
            } else {
                plan.cut = Some((way, left - allowed, how));
            }
        }
        plan.passed[way as usize] += allowed;
        (usize::try_from(allowed).unwrap_or(count), cut)
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut number = 0;
    while let Ok((client, _)) = listener.accept().await {
        number += 1;
        shared.opened.push(number);
        if shared.mode.borrow().refuses {
            continue;
        }
        {
            let mut plan = shared.plan();
            plan.passed = [0, 0];
            plan.cut = plan.next.take().or(plan.cut);
        }
        tokio::spawn(join(client, number, Arc::clone(&shared)));
    }
}

async fn join(mut client: TcpStream, number: u64, shared: Arc<Shared>) {
    let Ok(mut server) = TcpStream::connect((Ipv4Addr::LOCALHOST, shared.server)).await else {
        return;
    };
    for stream in [&client, &server] {
        let _ = stream.set_nodelay(true);
    }
    let mut mode = shared.mode.subscribe();
    let cut = {
        let (client_read, client_write) = client.split();
        let (server_read, server_write) = server.split();
        tokio::select! {
            cut = pump(client_read, server_write, Way::ToServer, &shared) => cut,
            cut = pump(server_read, client_write, Way::ToClient, &shared) => cut,
            mode = mode.wait_for(|mode| mode.cut_up_to >= number) =>
                mode.ok().map(|mode| if mode.reset { Cut::Reset } else { Cut::Close }),
        }
    };
    if cut == Some(Cut::Reset) {
        for stream in [&client, &server] {
            let _ = stream.set_zero_linger();
        }
    }
    drop((client, server));
    if cut.is_some() {
        shared.cuts.push(number);
    }
}

/// Carries bytes one way until the side ends (`None`) or the plan says to cut.
async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    way: Way,
    shared: &Shared,
) -> Option<Cut> {
    let mut mode = shared.mode.subscribe();
    let mut buffer = vec![0; 16 * 1024];
    loop {
        if mode.wait_for(|mode| !mode.silent).await.is_err() {
            return None;
        }
        let slow = mode.borrow().bytes_per_second;
        let most = slow.map_or(buffer.len(), |rate| {
            (rate as usize / 20).clamp(1, buffer.len())
        });
        let count = match from.read(&mut buffer[..most]).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => count,
        };
        // What was read before the silence began waits with the rest.
        if mode.wait_for(|mode| !mode.silent).await.is_err() {
            return None;
        }
        let (allowed, cut) = shared.pass(way, count);
        if to.write_all(&buffer[..allowed]).await.is_err() {
            return None;
        }
        if cut.is_some() {
            return cut;
        }
        if let Some(rate) = slow {
            time::sleep(Duration::from_secs_f64(allowed as f64 / f64::from(rate))).await;
        }
    }
}
