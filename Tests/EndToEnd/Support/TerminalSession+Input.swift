import TerminalEmulator

extension TerminalSession {
    enum MouseButton: Int {
        case left = 0
        case middle = 1
        case right = 2
    }

    enum WheelDirection: Int {
        case up = 64
        case down = 65
    }

    /// Presses keys, one after the other and each in a write of its own.
    func send(_ keys: Key...) throws {
        for key in keys {
            try write(key.bytes(applicationCursorKeys: screen.enabledModes.contains(1)))
        }
    }

    /// Types characters.
    func type(_ text: String) throws {
        for character in text {
            try send(.character(character))
        }
    }

    func press(_ button: MouseButton = .left, at position: ScreenPosition) throws {
        try write(report(button.rawValue, position))
    }

    func drag(_ button: MouseButton = .left, to position: ScreenPosition) throws {
        try write(report(button.rawValue + 32, position, isMotion: true))
    }

    func release(_ button: MouseButton = .left, at position: ScreenPosition) throws {
        try write(report(button.rawValue, position, final: "m"))
    }

    func click(_ button: MouseButton = .left, at position: ScreenPosition) throws {
        try press(button, at: position)
        try release(button, at: position)
    }

    func wheel(_ direction: WheelDirection, at position: ScreenPosition) throws {
        try write(report(direction.rawValue, position))
    }

    /// Draws through the points with the button held, cell by cell, as a hand does; reads meanwhile.
    func stroke(
        _ points: [ScreenPosition], button: MouseButton = .left, pause: Duration = .milliseconds(5)
    ) throws {
        for report in try strokeReports(points, button) {
            try write(report)
            read(for: pause)
        }
    }

    /// The same stroke in one write, as it arrives over a slow line.
    func burst(_ points: [ScreenPosition], button: MouseButton = .left) throws {
        try write(strokeReports(points, button).joined())
    }

    private func strokeReports(_ points: [ScreenPosition], _ button: MouseButton) throws -> [String] {
        guard let first = points.first, let last = points.last else { return [] }
        let cells = zip(points, points.dropFirst()).flatMap { $0.line(to: $1) }
        return try [report(button.rawValue, first)]
            + cells.map { try report(button.rawValue + 32, $0, isMotion: true) }
            + [report(button.rawValue, last, final: "m")]
    }

    /// An SGR mouse report. A terminal sends one only if the program asked for it, so anything else is an error.
    private func report(
        _ code: Int, _ position: ScreenPosition, isMotion: Bool = false, final: String = "M"
    ) throws -> String {
        guard screen.isMouseEnabled, screen.enabledModes.contains(1006) else {
            throw failure("the program has not turned on the mouse (modes \(screen.enabledModes.sorted()))")
        }
        guard !isMotion || !screen.enabledModes.isDisjoint(with: [1002, 1003]) else {
            throw failure("the program has not asked for drags (modes \(screen.enabledModes.sorted()))")
        }
        return "\u{1B}[<\(code);\(position.column + 1);\(position.row + 1)\(final)"
    }
}
