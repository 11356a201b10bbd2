import Dashboard
import Datasets
import Foundation
import ModelFiles
import Training

/// Reads and writes the files that the dashboard asks for, and says what came of it. It takes longer than a frame.
struct FileWork: Sendable {
    private let dataDirectory: String?
    private let home: String

    /// - Parameters:
    ///   - dataDirectory: where to look for data sets first.
    ///   - environment: `HOME` is read.
    init(dataDirectory: String?, environment: [String: String]) {
        self.dataDirectory = dataDirectory
        home = environment["HOME"] ?? NSHomeDirectory()
    }

    /// - Parameter runs: of the session, the last of which trains.
    func reply(to request: FileRequest, runs: [TrainingSnapshot]) -> FileReply {
        switch request {
        case .complete(let head): .completed(complete(head))
        case .save(let model, let path, let overwrites):
            save(to: path, overwrites: overwrites) { file in
                // Before anybody is asked about a file that could not be written anyway.
                let format = try ModelFormat(path: file)
                return { try model.write(to: file, as: format) }
            }
        case .saveCheckpoint(_, let path, _):
            .failed(path, problem: "\(path): expected a run to write a checkpoint of, found none")
        case .open(let path, let run, let onCanvas): open(path, as: run, onCanvas: onCanvas, beside: runs)
        }
    }

    /// Writes a checkpoint of the run at hand.
    func saveCheckpoint(of job: TrainingJob, run: Int, to path: String, overwrites: Bool) -> FileReply {
        guard job.run == run else {
            return .failed(path, problem: "\(path): expected the run that trains, found that another has begun")
        }
        return save(to: path, run: run, overwrites: overwrites) { file in
            { try Checkpoint.write(job.trainer, to: file) }
        }
    }

    /// - Parameter prepare: is given the file, and gives what writes it.
    private func save(
        to path: String, run: Int? = nil, overwrites: Bool, _ prepare: (String) throws -> () throws -> Void
    ) -> FileReply {
        let file = expanded(path)
        do {
            let write = try prepare(file)
            var status = stat()
            if !overwrites, stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG { return .exists(path) }
            try write()
        } catch {
            return .failed(path, problem: "Not saved: \(error)")
        }
        let place = file.hasPrefix("/") ? "" : " in \(FileManager.default.currentDirectoryPath)"
        return .saved(path, run: run, words: "Saved as \(path)\(place)")
    }

    private func open(_ path: String, as run: Int, onCanvas: Bool, beside runs: [TrainingSnapshot]) -> FileReply {
        let file = expanded(path)
        do {
            guard !GreyImage.isPicture(file) else {
                guard onCanvas else {
                    throw ModelFileError(
                        file, expected: "a model or a checkpoint", found: "a picture, which the screen Draw opens")
                }
                return .opened(path, .picture(try PictureToRead.ink(inFile: file)))
            }
            let model = try Model(file: file)
            return .opened(
                path,
                Checkpoint.isOne(model)
                    ? try openCheckpoint(file, beside: runs) : try open(model, file, as: run, beside: runs))
        } catch {
            return .failed(path, problem: "Not opened: \(error)")
        }
    }

    /// Under the data set that the run began with.
    private func openCheckpoint(_ file: String, beside runs: [TrainingSnapshot]) throws -> OpenedFile {
        let checkpoint = try Checkpoint(file: file)
        let dataset =
            try runs.lazy.map(\.dataset).first(where: checkpoint.began)
            ?? checkpoint.locateDataset(nil, dataDirectory: dataDirectory).load()
        let threads = runs.last?.configuration.threads ?? TrainingConfiguration().threads
        let resumption = try checkpoint.resumption(on: dataset, threads: threads)
        return .checkpoint(resumption, on: resumption.dataset)
    }

    /// Tested on the data set that it names, if it is one that the program knows; else on that of the run that trains.
    private func open(
        _ model: Model, _ file: String, as run: Int, beside runs: [TrainingSnapshot]
    ) throws -> OpenedFile {
        let name = model.metadata["dataset"].flatMap { DatasetLocation.isKnown($0) ? $0 : nil }
        let known = runs.reversed().lazy.map(\.dataset).first { name == nil || $0.name == name }
        let dataset = try model.network.suited(
            try known
                ?? DatasetLocation.find(name ?? TrainingOptions.defaultDataset, dataDirectory: dataDirectory).load(),
            file: file)
        let threads = runs.last?.configuration.threads ?? TrainingConfiguration().threads
        let snapshot = TrainingSnapshot(opened: model.network, file: file, run: run, on: dataset, threads: threads)
        let accuracy = (snapshot.now.evaluation?.accuracy ?? 0) * 100
        let guess =
            model.isActivationGuessed
            ? " The file does not say what its hidden neurons make of their sums; taken as ReLU." : ""
        return .model(
            snapshot,
            words: "Opened: it reads " + String(format: "%.2f%%", accuracy)
                + " of the test images of \(dataset.title) right." + guess)
    }

    /// The names in a folder that may be meant.
    private func complete(_ head: String) -> PathCompletion {
        // The user's own folder has a name for short.
        guard head != "~" else { return PathCompletion(head, names: ["~/"]) }
        let folder = PathCompletion.folder(of: head)
        let place = folder.isEmpty ? "." : expanded(folder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        return PathCompletion(
            head,
            names: PathCompletion(head, names: names).names.map { name in
                var isFolder: ObjCBool = false
                let exists = FileManager.default.fileExists(atPath: "\(place)/\(name)", isDirectory: &isFolder)
                return exists && isFolder.boolValue ? name + "/" : name
            })
    }

    /// With the user's folder in the place of "~".
    private func expanded(_ path: String) -> String {
        path == "~" || path.hasPrefix("~/") ? home + path.dropFirst() : path
    }
}
