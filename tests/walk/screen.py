"""Sees and touches the window as a screen reader and a keyboard do: one JSON command a line on stdin, one answer a
line that begins with @.

Runs inside a session bus of its own (dbus-run-session). Ends, with everything it has started, when stdin ends.
"""

import json
import os
import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

PATIENCE = 60.0
PAUSE = 0.05  # between two looks at the tree; nothing tells of all its changes


class Missing(Exception):
    pass


class Screen:
    def __init__(self):
        self.children = []
        self.app = None

    # What runs on this screen

    def prepare(self, command):
        """A keyring that is unlocked, and a window manager, without which nothing has the focus."""
        keyring = subprocess.Popen(
            ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        keyring.stdin.write(b"walk")
        keyring.stdin.close()
        log = open(command["log"], "ab")
        manager = subprocess.Popen(["openbox", "--sm-disable"], stdout=log, stderr=log)
        self.children += [keyring, manager]
        bus = ["gdbus", "wait", "--session", "--timeout", "30", "org.freedesktop.secrets"]
        subprocess.run(bus, check=True, stdout=subprocess.DEVNULL)
        ready = ["wmctrl", "-m"]
        self.until(lambda: subprocess.run(ready, capture_output=True).returncode == 0, "window manager")
        Atspi.init()

    def start(self, command):
        log = open(command["log"], "ab")
        self.app = subprocess.Popen(command["argv"], env={**os.environ, **command["env"]}, stdout=log, stderr=log,
                                    stdin=subprocess.DEVNULL)
        self.children.append(self.app)
        self.until(lambda: self.windows(), "a window")
        self.active_window()

    def process(self, _):
        return self.app.pid

    def ended(self, _):
        """Waits until the program has ended by itself; answers how."""
        return self.app.wait(timeout=PATIENCE)

    def quit(self, _):
        """Quits by the keyboard: again when the key came between two windows."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.keys({"keys": ["ctrl+q"]})
            try:
                return self.app.wait(timeout=10)
            except subprocess.TimeoutExpired:
                pass
        raise RuntimeError("the program does not end")

    def end(self):
        for child in reversed(self.children):
            child.terminate()
            try:
                child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    # What is there

    def windows(self):
        desktop = Atspi.get_desktop(0)
        found = []
        for index in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(index)
            if app and app.get_process_id() == self.app.pid:
                app.set_cache_mask(Atspi.Cache.NONE)  # nothing here listens to what changes
                found += [w for w in self.children_of(app) if w]
        return found

    def children_of(self, node):
        try:
            return [node.get_child_at_index(index) for index in range(node.get_child_count())]
        except GLib.Error:
            return []

    def walk(self, node, depth=0):
        if node is None:
            return
        yield node, depth
        for child in self.children_of(node):
            yield from self.walk(child, depth + 1)

    def shown(self, node):
        """Whether some point of it is where it can be seen. GTK 4.8 says of pages behind others that they are visible,
        but finds only what is really there at a point."""
        window = node
        while window.get_parent() and window.get_role_name() not in ("frame", "dialog", "window"):
            window = window.get_parent()
        if "Component" not in node.get_interfaces() or "Component" not in window.get_interfaces():
            return True
        box = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
        if box.width <= 0 or box.height <= 0:
            return False
        # What is inside an entry belongs to nothing in the tree; its frame is found near the edge.
        middle = (box.x + box.width // 2, box.y + box.height // 2)
        covered = False
        for point in (middle, (box.x + 4, middle[1]), (box.x + box.width - 4, middle[1]), (middle[0], box.y + 2)):
            there = Atspi.Component.get_accessible_at_point(window, *point, Atspi.CoordType.WINDOW)
            if there is not None:
                if self.is_in(there, node) or self.is_in(node, there):
                    return True
                covered = True
        # Nothing is found where something is drawn that belongs to no accessible of its own.
        return not covered

    @staticmethod
    def is_in(inner, outer):
        while inner:
            if inner == outer:
                return True
            inner = inner.get_parent()
        return False

    def nodes(self):
        for window in self.windows():
            yield from self.walk(window)

    @staticmethod
    def text_of(node):
        try:
            count = Atspi.Text.get_character_count(node)
            return Atspi.Text.get_text(node, 0, count) if count else ""
        except GLib.Error:
            return ""

    def told(self, node):
        """All that a screen reader can say of it."""
        parts = [node.get_name() or "", node.get_description() or ""]
        if "Text" in node.get_interfaces():
            parts.append(self.text_of(node))
        return [part for part in parts if part]

    def fits(self, node, command):
        try:
            if command.get("role") and node.get_role_name() != command["role"]:
                return False
            if command.get("sensitive", True) and command.get("role") in ("push button", "text", "password text") \
                    and not node.get_state_set().contains(Atspi.StateType.SENSITIVE):
                return False
            if "name" in command:
                return any(command["name"] == part for part in self.told(node))
            return any(command["part"] in part for part in self.told(node))
        except GLib.Error:
            return False

    def find(self, command):
        for node, _ in self.nodes():
            if self.fits(node, command) and self.shown(node):
                return node
        return None

    def until(self, look, what):
        end = time.monotonic() + PATIENCE
        while True:
            try:
                found = look()
            except GLib.Error:  # something went away while it was looked at
                found = None
            if found:
                return found
            if time.monotonic() > end:
                raise Missing(what)
            time.sleep(PAUSE)

    def sees(self, command):
        node = self.until(lambda: self.find(command), f"{command}")
        return {"role": node.get_role_name(), "told": self.told(node)}

    def tree(self, _):
        lines = []
        for node, depth in self.nodes():
            marks = ""
            try:
                if not self.shown(node) and not os.environ.get("WALK_ALL"):
                    continue
                states = node.get_state_set()
                marks += "*" if states.contains(Atspi.StateType.FOCUSED) else ""
                marks += "" if states.contains(Atspi.StateType.SENSITIVE) else "~"
                lines.append(f"{'  ' * depth}{node.get_role_name()}{marks} {self.told(node)}")
            except GLib.Error:
                pass
        return "\n".join(lines)

    def unnamed(self, _):
        """Things to press or fill in that a screen reader cannot name."""
        roles = ("push button", "toggle button", "text", "password text", "check box", "combo box", "menu item",
                 "radio button", "switch", "page tab", "link")
        return [f"{node.get_role_name()} in {self.path(node)}" for node, _ in self.nodes()
                if node.get_role_name() in roles and not node.get_name() and not self.label_of(node)
                and self.shown(node)]

    @staticmethod
    def label_of(node):
        return any(relation.get_relation_type() == Atspi.RelationType.LABELLED_BY
                   for relation in node.get_relation_set())

    @staticmethod
    def path(node):
        names = []
        while node and len(names) < 8:
            names.append(f"{node.get_role_name()} {node.get_name()!r}")
            node = node.get_parent()
        return " < ".join(names)

    def focus(self, _):
        """What has the focus; GTK 4.8 forgets to say that pages which were left have it no more."""
        all_of_them = [node for node, _ in self.nodes() if node.get_state_set().contains(Atspi.StateType.FOCUSED)]
        shown = [node for node in all_of_them if self.shown(node)]
        for node in shown[-1:] or all_of_them[-1:]:
            return {"role": node.get_role_name(), "told": self.told(node)}
        return None

    def focused(self, command):
        """Waits until something that is called so in part has the focus."""
        def there():
            focus = self.focus(None)
            return focus and any(command["part"] in part for part in focus["told"])
        self.until(there, f"focus on {command['part']!r}")

    # What is done

    def press(self, command):
        """Presses by the action that a screen reader would use; without one, by the mouse."""
        node = self.until(lambda: self.find(command), f"{command}")
        if "Action" in node.get_interfaces() and Atspi.Action.get_n_actions(node) \
                and Atspi.Action.do_action(node, 0):
            return
        self.point(node)

    def click(self, command):
        self.point(self.until(lambda: self.find(command), f"{command}"))

    def point(self, node):
        box = self.resting_place(node)
        window = self.active_window()
        x, y = box.x + box.width // 2, box.y + box.height // 2
        self.xdotool("mousemove", "--window", window, str(x), str(y), "click", "1")

    def resting_place(self, node):
        """Where it is when it has stopped moving: pages and dialogs slide in."""
        def resting():
            before = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
            time.sleep(3 * PAUSE)
            now = Atspi.Component.get_extents(node, Atspi.CoordType.WINDOW)
            same = (before.x, before.y, before.width, before.height) == (now.x, now.y, now.width, now.height)
            return now if same else None
        return self.until(resting, "end of the movement")

    def active_window(self):
        """The window that has the focus; while one opens there is none for a moment."""
        def active():
            done = subprocess.run(["xdotool", "getactivewindow"], capture_output=True, text=True)
            return done.stdout.strip()
        return self.until(active, "window with the focus")

    def fill(self, command):
        """Replaces the text of an entry, by mouse and keyboard; again when the keys went elsewhere."""
        node = self.until(lambda: self.find(command), f"{command}")
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.point(node)
            self.xdotool("key", "--clearmodifiers", "ctrl+a")
            self.xdotool("type", "--clearmodifiers", "--delay", "15", command["text"])
            again = time.monotonic() + 3
            while time.monotonic() < again:
                if self.text_of(node) == command["text"]:
                    return
                time.sleep(PAUSE)
        raise RuntimeError(f"the entry says {self.text_of(node)!r}")

    def listens(self):
        """Waits until a window of the program takes the keys, and no other is about to: in between they go nowhere."""
        def looks():
            pid = str(self.app.pid)
            asked = (["getactivewindow", "getwindowpid"], ["getactivewindow"], ["getwindowfocus"],
                     ["search", "--onlyvisible", "--pid", pid])
            said = [subprocess.run(["xdotool", *words], capture_output=True, text=True).stdout for words in asked]
            return said if said[0].strip() == pid and said[1] == said[2] else None

        def settled():
            first = looks()
            for _ in range(4):
                time.sleep(PAUSE)
                if not first or looks() != first:
                    return False
            return True
        self.until(settled, "window that takes the keys")

    def in_window(self, command):
        """Waits until the window with this title takes the keys."""
        def named():
            done = subprocess.run(["xdotool", "getactivewindow", "getwindowname"], capture_output=True, text=True)
            return done.stdout.strip() == command["title"]
        self.until(named, f"window {command['title']!r} that takes the keys")

    def keys(self, command):
        self.listens()
        self.xdotool("key", "--clearmodifiers", "--delay", "30", *command["keys"])

    def types(self, command):
        self.listens()
        self.xdotool("type", "--clearmodifiers", "--delay", "15", command["text"])

    def resize(self, command):
        window = self.active_window()
        self.xdotool("windowsize", "--sync", window, str(command["width"]), str(command["height"]))

    def picture(self, command):
        subprocess.run(["import", "-window", "root", command["file"]], check=True, stdout=subprocess.DEVNULL)

    @staticmethod
    def xdotool(*arguments):
        done = subprocess.run(["xdotool", *arguments], capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"xdotool {arguments}: {done.stderr}")
        return done.stdout


def main():
    screen = Screen()
    try:
        for line in sys.stdin:
            command = json.loads(line)
            try:
                answer = {"value": getattr(screen, command["do"])(command)}
            except Missing as missing:
                answer = {"error": f"there is no {missing}; there is:\n{screen.tree(None)}"}
            except Exception as error:  # the test shows it
                answer = {"error": f"{type(error).__name__}: {error}"}
            print("@" + json.dumps(answer), flush=True)  # services of the bus print here, too
    finally:
        screen.end()


main()
