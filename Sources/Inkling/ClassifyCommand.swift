import ArgumentParser
import Datasets
import Foundation
import ModelFiles
import NeuralNetwork
import Training

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify", abstract: "Read pictures of digits, or drawings, each a line of JSON.",
        discussion: "Pictures are PNG, PGM or IDX files, of any size, dark on light or light on dark. A line of "
            + "--strokes is {\"strokes\": [[[x, y], …], …]}, x to the right, y down, in any unit. Without --model, "
            + "pictures are read by the network that comes with the program, and drawings by one that is trained "
            + "first, which takes a moment. Without a terminal, pictures give one JSON object each.")

    @Argument(help: "Files with pictures.")
    var files: [String] = []

    @Option(help: ArgumentHelp("A file with drawings, or - for standard input.", valueName: "file"))
    var strokes: String?

    @Option(help: ArgumentHelp("The network: .safetensors, .npz, .pt, .onnx, or a checkpoint.", valueName: "file"))
    var model: String?

    @OptionGroup var reading: ModelReadingOptions

    @Flag(help: "Take pictures as they are: bright on black, of the network's size, centred as its data set is.")
    var asIs = false

    @Flag(help: "Print one JSON object for each picture or drawing.")
    var json = false

    @OptionGroup var options: TrainingOptions

    func validate() throws {
        guard !files.isEmpty || strokes != nil else {
            throw ValidationError("expected files with pictures, or --strokes.")
        }
    }

    func run() throws {
        if !files.isEmpty { try classifyPictures() }
        if let strokes { try classifyDrawings(strokes) }
    }

    /// What cannot be read is told and passed over; the others are answered all the same.
    private func classifyPictures() throws {
        let model =
            try self.model.map { try reading.model($0, options) }
            ?? reading.model(BundledModel.path(for: options.datasetName), layers: nil, activation: .relu)
        let inputs = model.network.inputs
        let classNames = Dataset.classNames(of: options.dataset ?? model.metadata["dataset"] ?? options.datasetName)
        let abilities =
            isatty(STDOUT_FILENO) == 1 && !json
            ? MainActor.assumeIsolated {
                Terminal.tableAbilities(environment: ProcessInfo.processInfo.environment)
            } : nil
        var isWhole = true
        func tell(_ problem: some Error) {
            complain("\(problem)")
            isWhole = false
        }
        for file in files {
            let pictures: [Result<PictureToRead, DatasetError>]
            do throws(DatasetError) {
                pictures = try PictureToRead.pictures(inFile: file, asIs: asIs)
            } catch {
                tell(error)
                continue
            }
            for result in pictures {
                guard case .success(let picture) = result else {
                    if case .failure(let error) = result { tell(error) }
                    continue
                }
                guard picture.pixels.count == inputs else {
                    let side = Double(inputs).squareRoot()
                    let square = side == side.rounded() ? ", as \(Int(side)) × \(Int(side))" : ""
                    tell(
                        ModelFileError(
                            picture.file, expected: "\(inputs) pixels\(square)", found: "\(picture.pixels.count)"))
                    break
                }
                let answer = Answer(of: model.network, on: picture.pixels, file: picture.file, index: picture.index)
                try Output.line(
                    abilities.map { answer.table(picture, classNames: classNames, $0) } ?? JSONLine(answer).text)
            }
        }
        if !isWhole { throw ExitCode.failure }
    }

    /// What is wrong with a line is told first; the others are answered all the same.
    private func classifyDrawings(_ strokes: String) throws {
        var (drawings, problems): ([Drawing], [StrokesFile.Failure]) = ([], [])
        for result in try StrokesFile(path: strokes).drawings() {
            switch result {
            case .success(let drawing): drawings.append(drawing)
            case .failure(let problem): problems.append(problem)
            }
        }
        // In a file of another kind all lines are wrong: a few tell enough.
        for problem in problems.prefix(3) { complain(problem.description) }
        if problems.count > 3 { complain("\(strokes): \(problems.count - 3) other lines are wrong, too.") }
        if !drawings.isEmpty { try answer(drawings) }
        if !problems.isEmpty { throw ExitCode.failure }
    }

    private func answer(_ drawings: [Drawing]) throws {
        let network =
            try model.map { try reading.model($0, options).network } ?? trainedNetwork()
        guard network.inputs == 784 else {
            throw ModelFileError(
                model ?? "", expected: "a network of 784 inputs, 28 × 28 pixels", found: network.sizesDescription)
        }
        for drawing in drawings {
            guard let image = drawing.networkImage() else { continue }
            let answer = Answer(of: network, on: image)
            try Output.line(json ? try JSONLine(answer).text : answer.text)
        }
    }

    /// The default network, trained for as long as it takes to be good.
    private func trainedNetwork() throws -> Network {
        var configuration = options.configuration
        configuration.epochs = min(configuration.epochs, 3)
        let dataset = try options.locateDataset().load()
        guard dataset.train.pixelsPerImage == 784 else {
            throw ValidationError("--dataset: expected images of 28 × 28 pixels, found \(dataset.title).")
        }
        let trainer = try configuration.makeTrainer(for: dataset)
        let progress = ProgressLine()
        while !trainer.isFinished {
            _ = trainer.trainBatch()
            progress.show(trainer)
        }
        progress.clear()
        return trainer.network
    }
}

/// The networks that come with the program.
enum BundledModel {
    /// The file of the one for a data set.
    static func path(for dataset: String) throws(ModelFileError) -> String {
        let name = dataset == "fashion-mnist" ? "pytorch-fashion-128-64" : "pytorch-mnist-128-64"
        let places = DatasetLocation.assetFolders(named: "models").map { "\($0)/\(name).safetensors" }
        guard let path = places.first(where: FileManager.default.fileExists) else {
            throw ModelFileError(
                name, expected: "the network that comes with the program, or --model",
                found: "none in \(places.joined(separator: ", "))")
        }
        return path
    }
}
