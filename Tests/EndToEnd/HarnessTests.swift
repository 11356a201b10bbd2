import Foundation
import Testing

@testable import TerminalEmulator

/// The harness itself, tried on a shell and on bytes whose meaning is known.
struct ScreenEmulatorTests {
    /// The input is written with ␛ and ␇, so that the test's report does not disturb the reader's terminal.
    private func bytes(_ text: String) -> String {
        text.replacing("␛", with: "\u{1B}").replacing("␇", with: "\u{07}")
    }

    private func screen(_ text: String, rows: Int = 4, columns: Int = 10) -> ScreenEmulator {
        var screen = ScreenEmulator(rows: rows, columns: columns)
        screen.feed(bytes(text))
        return screen
    }

    @Test(arguments: [
        ("one\r\ntwo", "one\ntwo"),
        ("0123456789ab", "0123456789\nab"),
        ("0123456789\r\nab", "0123456789\nab"),
        ("␛[2;3Hx␛[Ay␛[1Gz␛[4dw", "z  y\n  x\n\n w"),
        ("abcdef␛[3D␛[K", "abc"),
        ("abcdef␛[1;2H␛[2P␛[3@", "a   def"),
        ("abcdef␛[1;2H␛[2X", "a  def"),
        ("a\r\nb\r\nc␛[2;1H␛[L", "a\n\nb\nc"),
        ("a\r\nb\r\nc␛[1;1H␛[M", "b\nc"),
        ("a\r\nb\r\nc\r\nd\r\ne", "b\nc\nd\ne"),
        ("a\r\nb\r\nc\r\nd␛[2;3r␛[3;1H\n", "a\nc\n\nd"),
        ("a\r\nb\r\nc\r\nd␛[2;3r␛[2;1H␛M", "a\n\nb\nd"),
        ("a\r\nb␛[T␛[2;3H␛[S", "a\nb"),
        ("-␛[4b", "-----"),
        ("\tx", "        x"),
        ("␛(0lqk␛(Bq", "┌─┐q"),
        ("a␛7␛[3;3Hb␛8c", "ac\n\n  b"),
        ("main␛[?1049h␛[Hother␛[?1049l!", "main!"),
        ("␛]0;title␇a␛]2;title␛\\b␛P+q␛\\c", "abc"),
        ("⣿▀é│", "⣿▀é│"),
    ])
    func draws(_ input: String, _ expected: String) {
        let whole = screen(input)
        #expect(whole.text == expected)
        #expect(whole.unknownSequences == [])

        var byByte = ScreenEmulator(rows: 4, columns: 10)
        for byte in bytes(input).utf8 {
            byByte.feed([byte])
        }
        #expect(byByte.text == expected)
    }

    @Test func keepsStyles() {
        let screen = screen(
            "␛[1;31;48;5;200ma␛[7;38;2;1;2;3mb␛[22;27;39;104mc␛[md␛[44m␛[K")
        #expect(screen.cell(0, 0).style == ScreenStyle(foreground: .palette(1), background: .palette(200), bold: true))
        #expect(screen.cell(0, 1).style.foreground == .rgb(1, 2, 3))
        #expect(screen.cell(0, 1).style.reverse)
        #expect(screen.cell(0, 2).style == ScreenStyle(background: .palette(12)))
        #expect(screen.cell(0, 3) == ScreenCell(character: "d"))
        #expect(screen.cell(0, 9).style.background == .palette(4), "erasing takes the current background")
    }

    @Test func knowsModesAndCursor() {
        var screen = screen("␛[?1002;1006h␛[?25l␛[2;4H")
        #expect(screen.isMouseEnabled && screen.enabledModes.contains(1006))
        #expect(!screen.isCursorVisible)
        #expect(screen.cursor == ScreenPosition(row: 1, column: 3))
        screen.feed(bytes("␛[?1002;1006l␛[?25h␛[6n"))
        #expect(!screen.isMouseEnabled && screen.isCursorVisible)
        #expect(screen.replies == bytes("␛[2;4R"))
    }

    @Test func recordsWhatItDoesNotKnow() {
        var screen = screen("a␛[5yb")
        screen.feed([0xFF])
        #expect(screen.text == "ab")
        #expect(screen.unknownSequences == ["ESC [ 5y", "byte 0xff is not UTF-8"])
    }

    @Test func resizes() {
        var screen = screen("0123456789\r\n\r\n\r\nlast")
        screen.resize(rows: 2, columns: 4)
        #expect(screen.text == "0123")
        screen.resize(rows: 3, columns: 6)
        screen.feed(bytes("␛[3;6Hx"))
        #expect(screen.lines == ["0123", "", "     x"])
        #expect(screen.find("x") == ScreenPosition(row: 2, column: 5))
    }
}

struct TerminalSessionTests {
    @Test func showsOutputAndExitStatus() throws {
        let session = try TerminalSession("sh", ["-c", "printf 'caf\\303\\251 %s' $TERM; exit 3"])
        #expect(try session.waitForExit() == .exited(3))
        #expect(session.screen.text == "café xterm-256color")
        #expect(session.bytesRead == 20)
    }

    @Test func sendsKeysAndMeasures() throws {
        let session = try TerminalSession("cat")
        try session.type("hello")
        try session.send(.enter)
        let latency = try session.wait { $0.lines.starts(with: ["hello", "hello"]) }
        #expect(latency < .seconds(5))
        try session.send(.control("d"))
        #expect(try session.waitForExit() == .success)
    }

    @Test func cursorKeysFollowTheMode() throws {
        let session = try TerminalSession("sh", ["-c", "stty -icanon -echo; printf '\\033[?1hready'; cat -v"])
        try session.wait(for: "ready")
        try session.send(.up)
        try session.wait(for: "^[OA")
        try session.send(.control("c"))
        #expect(try session.waitForExit() == .signalled(SIGINT))
    }

    @Test func reportsTheMouseOnlyWhenAsked() throws {
        let session = try TerminalSession("sh", ["-c", "stty -icanon -echo; printf ready; cat -v"])
        try session.wait(for: "ready")
        let start = ScreenPosition(row: 1, column: 2)
        #expect(throws: HarnessError.self) { try session.press(at: start) }
        session.send(signal: SIGTERM)
        try session.waitForExit()

        let asking = try TerminalSession(
            "sh", ["-c", "stty -icanon -echo; printf '\\033[?1002;1006hready'; cat -v"], rows: 30, columns: 100)
        try asking.wait(for: "ready")
        try asking.burst([start, ScreenPosition(row: 1, column: 4)])
        try asking.wait(for: "ready^[[<0;3;2M^[[<32;4;2M^[[<32;5;2M^[[<0;5;2m")
        try asking.wheel(.down, at: start)
        try asking.wait(for: "^[[<65;3;2M")
    }

    @Test func tellsTheSizeAndItsChange() throws {
        let script = "trap 'stty size' WINCH; stty size; while :; do sleep 0.05; done"
        let session = try TerminalSession("sh", ["-c", script], rows: 30, columns: 100)
        try session.wait(for: "30 100")
        try session.resize(rows: 20, columns: 60)
        try session.wait(for: "20 60")
        #expect(session.screen.rows == 20 && session.screen.columns == 60)
    }

    @Test func comparesTheSettings() throws {
        let changing = try TerminalSession("stty", ["raw", "-echo"])
        try changing.waitForExit()
        #expect(try changing.settings != changing.initialSettings)
        #expect(try !changing.settings.echoes)

        let restoring = try TerminalSession("sh", ["-c", "old=$(stty -g); stty raw; stty $old"])
        try restoring.waitForExit()
        #expect(try restoring.settings == restoring.initialSettings)
    }

    @Test func stopsAndContinuesUnderAShell() throws {
        let session = try TerminalSession("sh", ["-i"], environment: ["PS1": "prompt> "])
        let atPrompt = { (screen: ScreenEmulator) in screen.line(screen.cursor.row) == "prompt>" }
        try session.wait(until: "the prompt is there", atPrompt)
        try session.type("cat\rone\r")
        try session.wait { $0.lines.filter { $0 == "one" }.count == 2 }
        try session.send(.control("z"))
        try session.wait(until: "the prompt is back", atPrompt)
        #expect(session.screen.contains("Stopped"))
        try session.type("fg\r")
        try session.wait { $0.lines.filter { $0.hasSuffix("cat") }.count == 3 }
        try session.type("two\r")
        try session.wait { $0.lines.filter { $0 == "two" }.count == 2 }
    }

    @Test func hangsUp() throws {
        let session = try TerminalSession("sleep", ["100"])
        session.hangUp()
        #expect(try session.waitForExit() == .signalled(SIGHUP))
    }

    @Test func everyWaitEnds() throws {
        let session = try TerminalSession("sh", ["-c", "printf 'one line'; sleep 100"])
        let error = #expect(throws: HarnessError.self) {
            try session.wait(for: "another", timeout: .milliseconds(300))
        }
        #expect(error?.description.contains("one line") == true)
        #expect(throws: HarnessError.self) { try session.waitForExit(timeout: .milliseconds(50)) }
        #expect(session.read(for: .milliseconds(50)) == 0)
    }

    @Test func killsTheProgramWithTheSession() throws {
        var session: TerminalSession? = try TerminalSession("sleep", ["100"])
        let process = try #require(session?.processIdentifier)
        session = nil
        #expect(kill(process, 0) != 0)
    }

    @Test func startsWithDefaultSignalsAndNoOtherDescriptors() throws {
        let session = try TerminalSession("sh", ["-c", "ls /dev/fd | wc -l; kill -PIPE $$; exit 0"])
        #expect(try session.waitForExit() == .signalled(SIGPIPE))
        let count = try #require(Int(session.screen.line(0).filter(\.isNumber)))
        #expect(count <= 4, "standard input, output, error, and the folder that ls reads")
        #expect(throws: HarnessError.self) { try TerminalSession("/no/such/program") }
        #expect(throws: HarnessError.self) { try TerminalSession("sh", directory: "/no/such/folder") }
    }
}

struct CommandTests {
    @Test func collectsBothOutputs() throws {
        let result = try Command.run(
            "sh", ["-c", "cat; echo $WORD >&2; exit 2"], environment: ["WORD": "err"], input: "in")
        #expect(result.status == .exited(2))
        #expect(result.output == "in")
        #expect(result.error == "err\n")
    }

    @Test func isNotStoppedByFullPipes() throws {
        let text = String(repeating: "0123456789abcde\n", count: 20_000)
        let result = try Command.run("sh", ["-c", "tee /dev/stderr"], input: text)
        #expect(result.output == text)
        #expect(result.error == text)
        #expect(try Command.run("true", input: text).status == .success)
    }

    @Test func interrupts() throws {
        let result = try Command.run(
            "sh", ["-c", "trap 'echo interrupted; exit 130' INT; echo first; while :; do sleep 0.05; done"],
            interruption: .signal(SIGINT, whenOutput: { $0.contains("first") }))
        #expect(result.status == .exited(130))
        #expect(result.lines == ["first", "interrupted"])
        let killed = try Command.run("sleep", ["100"], interruption: .signal(SIGTERM, after: .milliseconds(50)))
        #expect(killed.status == .signalled(SIGTERM))
    }

    @Test func timesOut() {
        #expect(throws: HarnessError.self) { try Command.run("sleep", ["100"], timeout: .milliseconds(100)) }
    }
}
