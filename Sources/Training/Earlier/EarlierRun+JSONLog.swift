import Foundation
import ModelFiles

extension EarlierRun {
    /// A line of `JSONLog`, or of `inkling train --json`: of an epoch, or of a batch.
    private struct Line: Decodable {
        let epoch: Int
        let step: Int?
        let seconds: Double?
        /// null where it is no number.
        let testLoss, testAccuracy, loss, accuracy: Double?
    }

    /// Reads a log in lines of JSON.
    init(logOfJSON path: String) throws(ModelFileError) {
        guard let contents = FileManager.default.contents(atPath: path) else {
            throw ModelFileError(path, expected: "a readable file", found: "none")
        }
        var epochs: [Line] = []
        var batches: [Line] = []
        for (number, bytes) in contents.split(separator: UInt8(ascii: "\n")).enumerated() {
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(bytes)), line.epoch > 0 else {
                // A last line that is not whole: a program may be writing it.
                if bytes.endIndex == contents.endIndex, !epochs.isEmpty || !batches.isEmpty { break }
                throw ModelFileError(
                    path, expected: "a line of JSON of an epoch or a batch in line \(number + 1)", found: "another")
            }
            if line.loss == nil, line.accuracy == nil { epochs.append(line) } else { batches.append(line) }
        }
        /// Of the epochs or, before the first is over, of the batches.
        func curve(ofEpochs test: KeyPath<Line, Double?>, ofBatches train: KeyPath<Line, Double?>) -> RunCurves.Curve {
            func points(_ lines: [Line], _ place: (Line) -> Int?, _ value: KeyPath<Line, Double?>) -> [RunCurves.Point]
            {
                lines.compactMap { line in
                    guard let place = place(line), let value = line[keyPath: value] else { return nil }
                    return RunCurves.Point(place: Double(place), value: value)
                }.sorted { $0.place < $1.place }
            }
            return epochs.isEmpty
                ? RunCurves.Curve(points(batches, \.step, train), unit: .steps, isTest: false)
                : RunCurves.Curve(points(epochs, \.epoch, test))
        }
        self.init(
            file: path,
            curves: RunCurves(
                loss: curve(ofEpochs: \.testLoss, ofBatches: \.loss),
                accuracy: curve(ofEpochs: \.testAccuracy, ofBatches: \.accuracy)),
            seconds: epochs.isEmpty ? nil : epochs.reduce(0) { $0 + ($1.seconds ?? 0) })
    }
}
