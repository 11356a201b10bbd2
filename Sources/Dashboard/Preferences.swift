import Training

/// What the user decided and does not want to decide again: lines of `key = value`. Unknown lines are passed over.
public struct Preferences: Sendable, Equatable {
    /// nil for what the terminal tells.
    public var background: Appearance.Background?
    /// nil for what suits the terminal.
    public var glyphs: Appearance.Glyphs?
    /// nil for the usual one. Only the user writes it.
    public var pace: Pace?
    /// Whether this is the first session.
    public var isNewcomer: Bool
    /// For each lesson, the tasks done.
    public var tasksDone: [Int] = []

    public init(isNewcomer: Bool = false) { self.isNewcomer = isNewcomer }

    /// - Parameter text: of a file; nil where there is none, as for someone new.
    public init(_ text: String?) {
        self.init(isNewcomer: text == nil)
        for line in (text ?? "").split(whereSeparator: \.isNewline) {
            let setting = line.prefix { $0 != "#" }
            let parts = setting.split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace } }
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "background": background = Appearance.Background(rawValue: parts[1])
            case "glyphs": glyphs = Appearance.Glyphs(rawValue: parts[1])
            case "pace": pace = Pace(parts[1])
            case "tasks": tasksDone = parts[1].split(separator: ",").map { Int($0) ?? 0 }
            default: break
            }
        }
    }

    public var text: String {
        var lines = ["# What inkling remembers. Delete a line, or the file, and it forgets."]
        if let background { lines.append("background = \(background.rawValue)") }
        if let glyphs { lines.append("glyphs = \(glyphs.rawValue)") }
        if let pace { lines.append("pace = \(pace.text)") }
        if tasksDone.contains(where: { $0 > 0 }) {
            lines.append("tasks = " + tasksDone.map(String.init).joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension State {
    /// The signs that `g` chose; what suits the terminal needs no memory.
    mutating func turnGlyphs() {
        appearance.glyphs = appearance.glyphs.next
        preferences.glyphs = appearance.glyphs == usual.glyphs ? nil : appearance.glyphs
    }

    mutating func turnBackground() {
        appearance.background = appearance.background == .dark ? .light : .dark
        preferences.background = appearance.background == usual.background ? nil : appearance.background
    }

    /// What the user says on the command line, whatever was chosen before.
    public mutating func use(background: Appearance.Background) {
        usual.background = background
        appearance.background = background
    }

    /// What the terminal says, which comes after the user's own word.
    mutating func take(background: Appearance.Background) {
        usual.background = background
        if preferences.background == nil { appearance.background = background }
    }
}

/// For the first session, in a line below the tabs: where a newcomer may begin.
enum Welcome {
    static func isShown(_ state: State) -> Bool { state.preferences.isNewcomer && state.screen == .train }

    static func draw(_ state: State, y: Int, on grid: inout CellGrid) {
        let ground = Style(.value, on: .selectedTab)
        grid.fill(Rect(x: 0, y: y, width: grid.width, height: 1), with: Cell(" ", ground))
        let more = grid.width < 80 ? "" : ", from one neuron to a network that reads"
        grid.write(
            [
                (" New here? ", ground), ("7", Style(.key, on: .selectedTab, bold: true)),
                (" opens twelve short lessons\(more).", ground),
            ], x: 0, y: y)
    }
}
