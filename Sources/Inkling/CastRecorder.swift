import Dashboard
import Dispatch
import Foundation
import ModelFiles
import Synchronization
import Training

/// Writes the screens of a session to a file as they are shown, beside the loop that shows them. A line is written whole,
/// so that whatever ends the program, the file is a recording up to there.
///
/// The recording has the sequences that every player knows, whatever the terminal at hand is sent.
final class CastRecorder: Sendable {
    /// What only the queue touches.
    private struct Reel {
        var shown: (grid: CellGrid, appearance: Appearance)?
        var hasFailed = false
    }

    private let file: AppendingFile
    private let queue = DispatchQueue(label: "inkling.recording", qos: .utility)
    private let reel = Mutex(Reel())
    private let start = ContinuousClock.now
    private let onProblem: @Sendable (String) -> Void

    /// - Parameters:
    ///   - path: what is there is written over.
    ///   - onProblem: is told once what goes wrong later; the recording ends there.
    init(path: String, onProblem: @escaping @Sendable (String) -> Void) throws {
        file = try AppendingFile(path, continues: false)
        self.onProblem = onProblem
    }

    func add(_ grid: CellGrid, _ appearance: Appearance) {
        let seconds = seconds
        queue.async { self.write(grid, appearance, at: seconds) }
    }

    /// Waits until all is written.
    func close() {
        let seconds = seconds
        queue.sync {
            reel.withLock { reel in
                if reel.shown != nil { append(Cast.Event.output(ScreenText.end, at: seconds), &reel) }
            }
        }
    }

    private var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    private func write(_ grid: CellGrid, _ appearance: Appearance, at seconds: Double) {
        reel.withLock { reel in
            let shown = reel.shown
            reel.shown = (grid, appearance)
            guard let shown else {
                let header = Cast.Header(
                    width: grid.width, height: grid.height, timestamp: Int(Date().timeIntervalSince1970), appearance)
                append(header, &reel)
                append(
                    Cast.Event.output(ScreenText.update(from: nil, to: grid, appearance), at: seconds), &reel)
                return
            }
            let isOtherSize = grid.width != shown.grid.width || grid.height != shown.grid.height
            if isOtherSize { append(Cast.Event.resize(width: grid.width, height: grid.height, at: seconds), &reel) }
            let isNew = isOtherSize || appearance != shown.appearance
            let text = ScreenText.update(from: isNew ? nil : shown.grid, to: grid, appearance)
            if !text.isEmpty { append(Cast.Event.output(text, at: seconds), &reel) }
        }
    }

    private func append(_ line: some Encodable, _ reel: inout Reel) {
        guard !reel.hasFailed else { return }
        do {
            try file.append(Array((JSONLine(line).text + "\n").utf8))
        } catch {
            reel.hasFailed = true
            onProblem("\(error); the recording ends there")
        }
    }
}
