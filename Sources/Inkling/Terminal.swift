import CNcurses
import CTerminalGuard
import Dashboard
import Foundation

/// The terminal through ncurses. Nothing else calls curses, and it is for the main thread alone.
@MainActor
final class Terminal {
    enum Failure: Error, CustomStringConvertible {
        case notATerminal
        case unknownTerminal(String)
        case dumbTerminal(String)

        var description: String {
            switch self {
            case .notATerminal:
                "The dashboard needs a terminal for both input and output, and this is none. Without one, use "
                    + "`inkling train`."
            case .unknownTerminal(let name):
                "TERM=\(name): expected a terminal that terminfo knows, such as xterm-256color, found none."
            case .dumbTerminal(let name):
                "TERM=\(name): expected a terminal that can write anywhere on its screen, found one that cannot. "
                    + "Without one, use `inkling train`."
            }
        }
    }

    /// What the terminal can show; the user may have changed it since.
    private(set) var appearance: Appearance
    /// A window that is never drawn, to read keys from: reading refreshes a drawn one.
    private let input: UnsafeMutablePointer<WINDOW>
    private var decoder = InputDecoder()
    private var pairs: [Pair: Int32] = [:]
    private var shown = CellGrid(width: 0, height: 0)
    /// nil where the terminal was not asked.
    private var query: BackgroundQuery?
    /// What was read while it waited for an answer.
    private var early: [Event] = []

    private struct Pair: Hashable {
        let ink: Ink
        let paper: Ink
    }

    /// Takes the screen over. `wake` is the writing end of a pipe: the numbers of signals that ask the program to end
    /// or to stop, or tell that the window has another size, are written to it.
    ///
    /// - Parameters:
    ///   - background: that of the terminal; nil for what it says.
    ///   - asks: whether to ask it; else its environment has to do.
    init(
        wake: Int32, environment: [String: String], background: Appearance.Background?, asks: Bool
    ) throws(Failure) {
        try Self.check()
        let name = environment["TERM"] ?? ""
        // Curses would take them for the window's size and ignore its changes.
        unsetenv("LINES")
        unsetenv("COLUMNS")
        var status: Int32 = 0
        guard setupterm(nil, STDOUT_FILENO, &status) == 0 else { throw .unknownTerminal(name) }
        guard !String(cString: inkling_terminal_string("cup")).isEmpty else { throw .dumbTerminal(name) }
        let isUTF8 = inkling_locale_is_utf8()
        inkling_guard_save_modes()
        inkling_guard_handle_signals(wake)
        guard initscr() != nil, let input = newwin(1, 1, 0, 0) else { throw .unknownTerminal(name) }
        self.input = input
        raw()
        noecho()
        nonl()
        set_escdelay(25)
        keypad(input, true)
        nodelay(input, true)
        curs_set(0)
        var colors = Appearance.Colors.none
        if has_colors(), environment["NO_COLOR"]?.isEmpty ?? true {
            start_color()
            use_default_colors()
            colors = inkling_colors() >= 256 ? .many : inkling_colors() >= 16 ? .sixteen : .eight
        }
        // The fonts of the Linux console have no braille.
        let isConsole = name == "linux"
        appearance = Appearance(
            glyphs: !isUTF8 ? .ascii : isConsole ? .blocks : .braille, colors: colors,
            background: background ?? Self.background(environment))
        armGuard()
        turnModes(on: true)
        if asks, background == nil, colors != .none, !isConsole { ask() }
    }

    /// Throws where there is no terminal.
    nonisolated static func check() throws(Failure) {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { throw .notATerminal }
    }

    /// Asks for the background, and waits a moment so that the first picture is right.
    private func ask() {
        Self.write(BackgroundQuery.question)
        query = BackgroundQuery()
        wait(BackgroundQuery.patience)
        for case .background(let background) in early { appearance.background = background }
    }

    /// Reads until the terminal has answered or the time since the question is over.
    private func wait(_ time: Duration) {
        while let left = query?.left(of: time) {
            var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let (seconds, attoseconds) = left.components
            let milliseconds = Int32(seconds * 1000 + attoseconds / 1_000_000_000_000_000) + 1
            guard poll(&descriptor, 1, milliseconds) >= 0, descriptor.revents & Int16(POLLIN) == descriptor.revents
            else { return }
            early = readEvents()
        }
    }

    /// What a table can be made of where standard output is a terminal.
    static func tableAbilities(environment: [String: String]) -> TableAbilities {
        let isUTF8 = inkling_locale_is_utf8()
        var status: Int32 = 0
        let isKnown = setupterm(nil, STDOUT_FILENO, &status) == 0
        let hasColours = isKnown && tigetnum("colors") >= 256 && environment["NO_COLOR"]?.isEmpty ?? true
        return TableAbilities(isUTF8: isUTF8, hasGreys: isUTF8 && hasColours)
    }

    /// Gives the terminal back as it was.
    func close() {
        wait(BackgroundQuery.longestDelay)
        turnModes(on: false)
        endwin()
        inkling_guard_disarm()
    }

    /// Gives the terminal back, stops the program until it is continued, and takes the terminal over again.
    func stop() {
        close()
        inkling_guard_stop_process()
        inkling_guard_save_modes()
        takeSize()
        // The first refresh after `endwin` sets curses' modes again and draws everything.
        clearok(inkling_screen(), true)
        refresh()
        armGuard()
        turnModes(on: true)
        shown = CellGrid(width: 0, height: 0)
    }

    var size: (width: Int, height: Int) { (Int(inkling_columns()), Int(inkling_rows())) }

    /// Takes the window's size over when it has changed.
    func takeSize() {
        var window = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_row > 0, window.ws_col > 0 else { return }
        resizeterm(Int32(window.ws_row), Int32(window.ws_col))
    }

    /// Shows the grid, in the colours of `appearance`. Curses sends what differs from what is on the screen; returns
    /// about how many bytes that are.
    func show(_ grid: CellGrid, _ appearance: Appearance) -> Int {
        let isOtherSize = grid.width != shown.width || grid.height != shown.height
        let isOtherLook = appearance != self.appearance
        let changed = isOtherSize ? [] : grid.places(unlike: shown)
        guard isOtherSize || isOtherLook || !changed.isEmpty else { return 0 }
        if isOtherSize { werase(inkling_screen()) }
        if isOtherLook { pairs = [:] }
        self.appearance = appearance
        defer { shown = grid }
        for index in isOtherSize || isOtherLook ? Array(grid.cells.indices) : changed {
            let (cell, (y, x)) = (grid.cells[index], index.quotientAndRemainder(dividingBy: grid.width))
            inkling_put(
                Int32(y), Int32(x), cell.character.value, pair(for: cell.style), cell.style.bold, cell.style.dim,
                cell.style.reverse)
        }
        refresh()
        return OutputMeter.bytes(of: changed, in: grid)
    }

    /// The keys and what the mouse did, in order; none where nothing waits. Of very many, as when a book is pasted, the
    /// first `mostEvents`.
    func readEvents() -> [Event] {
        var events = early
        early = []
        while events.count < Self.mostEvents {
            var code: UInt32 = 0
            switch inkling_next_key(input, &code) {
            case 1:
                // In raw mode the terminal does not make a signal of it.
                if code == Self.controlBackslash { raise(SIGQUIT) }
                if let character = decoder.take(code) { Self.key(character).map { events.append(.key($0)) } }
                if let text = decoder.takePaste() { events.append(.paste(text)) }
                if let answer = decoder.takeAnswer(), let background = query?.background(answer) {
                    events.append(.background(background))
                }
            case 2 where Int32(code) == KEY_MOUSE:
                let mouse = readMouse().map { Event.mouse($0) }
                if !decoder.isPasting { events += mouse }
            case 2:
                decoder.passOver()
                if !decoder.isPasting { Self.specialKeys[Int32(code)].map { events.append(.key($0)) } }
            default:
                if decoder.takeEscape() { events.append(.key(.escape)) }
                return events
            }
        }
        return events
    }

    /// Of one reading.
    static let mostEvents = 256

    private func readMouse() -> [Mouse] {
        var (x, y): (Int32, Int32) = (0, 0)
        let kinds: [Mouse.Kind] =
            switch inkling_next_mouse(&x, &y) {
            case inkling_mouse_click: [.press, .release]
            case inkling_mouse_press: [.press]
            case inkling_mouse_drag: [.drag]
            case inkling_mouse_release: [.release]
            case inkling_mouse_wheel_up: [.wheelUp]
            case inkling_mouse_wheel_down: [.wheelDown]
            default: []
            }
        return kinds.map { Mouse($0, x: Int(x), y: Int(y)) }
    }

    /// Curses asks for presses and the wheel only; this asks for drags (mode 1002) and for marks around pasted text
    /// (mode 2004).
    private func turnModes(on isOn: Bool) {
        if isOn { inkling_enable_mouse() }
        let sequence = isOn ? "\u{1B}[?1002h\u{1B}[?2004h" : "\u{1B}[?2004l\u{1B}[?1002l"
        Self.write(sequence)
    }

    private static func write(_ sequence: String) {
        _ = sequence.withCString { Foundation.write(STDOUT_FILENO, $0, strlen($0)) }
    }

    private func armGuard() {
        let ownModes = "\u{1B}[?2004l\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l"
        let names = ["sgr0", "op", "rmkx", "cnorm", "rmcup"]
        inkling_guard_arm(names.reduce(ownModes) { $0 + String(cString: inkling_terminal_string($1)) })
    }

    private func pair(for style: Style) -> Int32 {
        guard appearance.colors != .none else { return 0 }
        let key = Pair(ink: style.ink, paper: style.paper)
        if let known = pairs[key] { return known }
        let number = Int32(pairs.count + 1)
        let isDefined =
            number < inkling_color_pairs()
            && inkling_define_pair(
                number, Int32(Palette.color(of: style.ink, for: appearance)),
                Int32(Palette.color(of: style.paper, for: appearance)))
        pairs[key] = isDefined ? number : 0
        return isDefined ? number : 0
    }

    /// Terminals that tell their colours do so in COLORFGBG ("foreground;background", 7 and 15 are light).
    static func background(_ environment: [String: String]) -> Appearance.Background {
        let last = environment["COLORFGBG"]?.split(separator: ";").last.flatMap { Int($0) }
        return last == 7 || last == 15 ? .light : .dark
    }

    private static let controlBackslash: UInt32 = 28

    static func key(_ code: UInt32) -> Key? {
        switch code {
        case 9: .tab
        case 10, 13: .enter
        case 26: .stop
        case 27: .escape
        case 8, 127: .backspace
        case 1...26: Unicode.Scalar(code + 96).map { .control($0) }
        case 0..<32: nil
        default: Unicode.Scalar(code).map { .character($0) }
        }
    }

    static let specialKeys: [Int32: Key] = [
        KEY_UP: .up, KEY_DOWN: .down, KEY_LEFT: .left, KEY_RIGHT: .right, KEY_SLEFT: .shiftLeft,
        KEY_SRIGHT: .shiftRight, KEY_SR: .shiftUp, KEY_SF: .shiftDown, KEY_ENTER: .enter, KEY_BTAB: .backTab,
        KEY_BACKSPACE: .backspace, KEY_DC: .delete, KEY_HOME: .home, KEY_END: .end, KEY_PPAGE: .pageUp,
        KEY_NPAGE: .pageDown,
    ]
}
