import Foundation
import ModelFiles

extension EarlierRun {
    /// Reads the events of one run: of a file, or of all files of a folder and, as Keras and PyTorch keep training and
    /// validation apart, of the folders in it.
    init(eventsIn path: String) throws(ModelFileError) {
        var scalars: [String: [EventFile.Scalar]] = [:]
        for (prefix, file) in try Self.eventFiles(in: path) {
            var events = try EventFile(path: file)
            while let found = try events.next() {
                for scalar in found {
                    let tag = prefix + scalar.tag
                    // Of a run that went on from before its end, the later counts.
                    while let last = scalars[tag]?.last, last.step >= scalar.step { scalars[tag]?.removeLast() }
                    scalars[tag, default: []].append(scalar)
                }
            }
        }
        let curves = EventCurves(scalars)
        guard !(curves.loss.points.isEmpty && curves.accuracy.points.isEmpty) else {
            let names = scalars.keys.sorted().prefix(3).map { "\"\($0.prefix(40))\"" }.joined(separator: ", ")
            throw ModelFileError(
                path, expected: "scalars of a loss or an accuracy",
                found: names.isEmpty ? "no scalars" : names + (scalars.count > 3 ? ", …" : ""))
        }
        self.init(file: path, curves: RunCurves(loss: curves.loss, accuracy: curves.accuracy))
    }

    /// The files in the order of their names, which begin with the time, each with what stands before its tags.
    private static func eventFiles(in path: String) throws(ModelFileError) -> [(prefix: String, file: String)] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return [("", path)]
        }
        func names(in folder: String) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        }
        func events(in folder: String) -> [String] { names(in: folder).filter { $0.contains("tfevents") } }
        let folders = names(in: path).filter { !events(in: path + "/" + $0).isEmpty }
        let own = events(in: path).map { (prefix: "", file: path + "/" + $0) }
        let apart = folders.filter { EventTag($0 + "/loss")?.isTest == true || isOfTraining($0) }
        guard folders.count - apart.count + (own.isEmpty && apart.isEmpty ? 0 : 1) <= 1 else {
            throw ModelFileError(
                path, expected: "the events of one run",
                found: "those of several, in the folders \(folders.prefix(3).joined(separator: ", "))")
        }
        let files =
            own
            + folders.flatMap { folder in
                events(in: path + "/" + folder).map {
                    (prefix: apart.contains(folder) ? folder + "/" : "", file: path + "/" + folder + "/" + $0)
                }
            }
        guard !files.isEmpty else {
            throw ModelFileError(path, expected: "files of events for TensorBoard in the folder", found: "none")
        }
        return files
    }

    private static func isOfTraining(_ folder: String) -> Bool { folder.lowercased().contains("train") }
}

/// The curves among the scalars of a run.
private struct EventCurves {
    let loss: RunCurves.Curve
    let accuracy: RunCurves.Curve

    private struct Series {
        let name: String
        let tag: EventTag
        let points: [EventFile.Scalar]

        /// The steps from one point to the next: the middle of all.
        var distance: Int {
            let all = zip(points.dropFirst(), points).map { $0.step.subtractingReportingOverflow($1.step).partialValue }
            return all.isEmpty ? points.first?.step ?? 0 : all.sorted()[all.count / 2]
        }

        /// Whether its steps can be epochs: one after the other from 0 or 1, and not very many.
        var stepsAreEpochs: Bool {
            guard let first = points.first?.step, let last = points.last?.step else { return false }
            return tag.countsEpochs || (0...1).contains(first) && last <= 1000 && last - first == points.count - 1
        }
    }

    init(_ scalars: [String: [EventFile.Scalar]]) {
        let all = scalars.compactMap { name, points in
            EventTag(name).map { Series(name: name, tag: $0, points: points) }
        }
        let loss = Self.best(all, of: .loss)
        let accuracy = Self.best(all, of: .accuracy)
        // The program tests after each epoch: that tells how long one is.
        let test = [accuracy, loss].compactMap { $0 }.first { $0.tag.isTest && !$0.stepsAreEpochs && $0.distance > 1 }
        self.loss = Self.curve(of: loss, stepsPerEpoch: test?.distance)
        self.accuracy = Self.curve(of: accuracy, stepsPerEpoch: test?.distance)
    }

    /// Of tests rather than of training, of epochs rather than of batches, and then what has the shortest name.
    private static func best(_ all: [Series], of quantity: EventTag.Quantity) -> Series? {
        func rank(_ series: Series) -> (Int, Int, Int, String) {
            let tag = series.tag
            return (tag.isTest ? 0 : 1, tag.isOfBatches ? 1 : 0, series.name.count, series.name)
        }
        return all.filter { $0.tag.quantity == quantity }.min { rank($0) < rank($1) }
    }

    private static func curve(of series: Series?, stepsPerEpoch: Int?) -> RunCurves.Curve {
        guard let series else { return RunCurves.Curve([], isTest: false) }
        // Some programs tell accuracies in percent.
        let isPercent = series.tag.quantity == .accuracy && series.points.contains { $0.value > 1.5 }
        let first = series.stepsAreEpochs && series.points.first?.step == 0 ? 1.0 : 0
        let length = series.stepsAreEpochs ? 1 : Double(stepsPerEpoch ?? 1)
        let points = series.points.filter(\.value.isFinite).map {
            RunCurves.Point(place: (Double($0.step) + first) / length, value: isPercent ? $0.value / 100 : $0.value)
        }
        return RunCurves.Curve(
            points, unit: series.stepsAreEpochs || stepsPerEpoch != nil ? .epochs : .steps, isTest: series.tag.isTest)
    }
}
