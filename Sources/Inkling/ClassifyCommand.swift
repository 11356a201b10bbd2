import ArgumentParser
import Datasets
import Foundation
import ModelFiles
import NeuralNetwork
import Training

struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify", abstract: "Read pictures of digits, or drawings, each a line of JSON.",
        discussion: "Pictures are PNG, JPEG, GIF, WebP, TIFF, BMP, PGM or IDX files of any size, drawings or "
            + "photographs of paper, dark on light or light on dark. Digits are found wherever they are and read line "
            + "by line, each brought to the size, place and pen of those that networks learn from. A line of "
            + "--strokes is {\"strokes\": [[[x, y], …], …]}, x to the right, y down, in any unit. Without --model, "
            + "pictures are read by the network that comes with the program, and drawings by one that is trained "
            + "first, which takes a moment. Without a terminal, pictures give one JSON object each: text, and for "
            + "each digit its prediction, its probabilities and the box in which it stands, in pixels.")

    @Argument(help: "Files with pictures.")
    var files: [String] = []

    @Option(help: ArgumentHelp("A file with drawings, or - for standard input.", valueName: "file"))
    var strokes: String?

    @Option(help: ArgumentHelp("The network: .safetensors, .npz, .pt, .onnx, or a checkpoint.", valueName: "file"))
    var model: String?

    @OptionGroup var reading: ModelReadingOptions

    @Flag(help: "Take pictures as they are: bright on black, of the network's size, centred as its data set is.")
    var asIs = false

    @Flag(help: "Take all ink of a picture for one digit.")
    var one = false

    @Flag(help: "Draw each picture and what was taken for ink, above what the network sees and reads.")
    var showSteps = false

    @Flag(help: "Print one JSON object for each picture or drawing.")
    var json = false

    @OptionGroup var options: TrainingOptions

    func validate() throws {
        guard !files.isEmpty || strokes != nil else {
            throw ValidationError("expected files with pictures, or --strokes.")
        }
        guard !(showSteps && json) else { throw ValidationError("--show-steps: expected no --json beside it.") }
        guard !(one && asIs) else { throw ValidationError("--one: expected no --as-is beside it.") }
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
        let size = model.network.imageSize ?? .mnist
        let names = try classNames(model)
        let (refusal, calibration) = (Dataset.refusal(of: datasetName(model)), calibration(of: model))
        let abilities =
            (isatty(STDOUT_FILENO) == 1 || showSteps) && !json
            ? MainActor.assumeIsolated {
                Terminal.tableAbilities(environment: ProcessInfo.processInfo.environment)
            } : nil
        let way = way(names: names, size: size)
        var isWhole = true
        func tell(_ problem: some Error) {
            complain("\(problem)")
            isWhole = false
        }
        for file in files {
            let pictures: [Result<PictureToRead, DatasetError>]
            do throws(DatasetError) {
                pictures = try PictureToRead.pictures(inFile: file, way, size: size)
            } catch {
                tell(error)
                continue
            }
            for result in pictures {
                guard case .success(let picture) = result else {
                    if case .failure(let error) = result { tell(error) }
                    continue
                }
                if let part = picture.lines.joined().first(where: { $0.pixels.count != inputs }) {
                    let side = Double(inputs).squareRoot()
                    let square = side == side.rounded() ? ", as \(Int(side)) × \(Int(side))" : ""
                    tell(
                        ModelFileError(
                            picture.file, expected: "\(inputs) pixels\(square)", found: "\(part.pixels.count)"))
                    break
                }
                let answers = picture.lines.map { line in
                    line.map {
                        Answer(
                            of: model.network, calibration, on: $0.pixels, names: names, file: picture.file,
                            index: picture.index)
                    }
                }
                if let abilities {
                    if showSteps { try Output.line(picture.steps(abilities)) }
                    try Output.line(table(answers, of: picture, refusal: refusal, abilities))
                } else if let whole = PictureAnswer(answers, of: picture) {
                    try Output.line(JSONLine(whole).text)
                } else {
                    for answer in answers.joined() { try Output.line(JSONLine(answer).text) }
                }
            }
        }
        if !isWhole { throw ExitCode.failure }
    }

    /// How pictures are made ready for a network. Where classes are no characters, they are not of writing.
    func way(names: [String], size: Shape) -> PictureToRead.Way {
        asIs ? .asIs : names.allSatisfy { $0.count == 1 } && size == .mnist ? .digits(asOne: one) : .centred
    }

    /// Each digit beside its most probable classes, below the whole where there are several.
    func table(
        _ answers: [[Answer]], of picture: PictureToRead, refusal: String, _ abilities: TableAbilities
    ) -> String {
        // A name may hold escape sequences.
        let name =
            picture.file.filter { !$0.unicodeScalars.contains { $0.properties.generalCategory == .control } }
            + (picture.index.map { ", picture \($0)" } ?? "")
        let parts = Array(zip(answers.joined(), picture.lines.joined()))
        guard parts.count > 1 else {
            return parts.map { $0.table($1, title: name, refusal: refusal, abilities) }.joined()
        }
        let text = PictureAnswer.text(answers).replacing("\n", with: ", ")
        let tables = parts.enumerated().map { number, part in
            let title = "digit \(number + 1) of \(parts.count)"
            return part.0.table(part.1, title: title, refusal: refusal, abilities)
        }
        return (["\(name): \(text)"] + tables).joined(separator: "\n")
    }

    /// The data set that was asked for, or else that which the model was trained on.
    func datasetName(_ model: Model) -> String {
        options.dataset ?? model.metadata["dataset"] ?? options.datasetName
    }

    /// What the network's answers are called: as the model says, or as suits the data set that it was trained on. One that
    /// was asked for is read where it is not known by name.
    func classNames(_ model: Model) throws -> [String] {
        let outputs = model.network.outputs
        if let name = options.dataset, !DatasetLocation.isKnown(name) {
            let dataset = try options.locateDataset().loadShowingProgress()
            return try model.network.suited(dataset, file: self.model ?? "the network of the program").classNames
        }
        let told = options.dataset == nil ? model.metadata["classes"]?.split(separator: "\n").map(String.init) : nil
        let names = told ?? Dataset.classNames(of: datasetName(model))
        return names.count == outputs ? names : (0..<outputs).map(String.init)
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
        let others = problems.count - 3
        if others > 0 { complain("\(strokes): \(others) other line\(others == 1 ? " is" : "s are") wrong, too.") }
        if !drawings.isEmpty { try answer(drawings) }
        if !problems.isEmpty { throw ExitCode.failure }
    }

    private func answer(_ drawings: [Drawing]) throws {
        let model = try self.model.map { try reading.model($0, options) } ?? trainedNetwork()
        let (network, names) = (model.network, try classNames(model))
        guard let size = network.imageSize else {
            throw ModelFileError(
                self.model ?? "", expected: "a network that takes square images, such as 784 inputs",
                found: network.sizesDescription)
        }
        let (refusal, calibration) = (Dataset.refusal(of: datasetName(model)), calibration(of: model))
        for drawing in drawings {
            guard let image = drawing.networkImage(size: size) else { continue }
            let answer = Answer(of: network, calibration, on: image, names: names)
            try Output.line(json ? try JSONLine(answer).text : answer.text(refusal: refusal))
        }
    }

    /// The default network, trained for as long as it takes to be good.
    private func trainedNetwork() throws -> Model {
        var configuration = options.configuration
        configuration.epochs = min(configuration.epochs, 3)
        let dataset = try options.locateDataset().loadShowingProgress()
        let trainer = try configuration.makeTrainer(for: dataset)
        let progress = ProgressLine()
        while !trainer.isFinished {
            _ = trainer.trainBatch()
            progress.show(trainer)
        }
        progress.clear()
        return trainer.model
    }

    /// What the file holds, or what its data set gives, which takes longer; nil where there is neither.
    func calibration(of model: Model) -> Calibration? {
        if let kept = Calibration(metadata: model.metadata) { return kept }
        guard let dataset = try? options.source.locate(datasetName(model)).load(),
            dataset.train.pixelsPerImage == model.network.inputs, dataset.classNames.count == model.network.outputs,
            model.network.isFinite
        else { return nil }
        return Calibrator(dataset, judges: .usual).calibration(of: model.network)
    }
}

/// The networks that come with the program.
enum BundledModel {
    /// The file of the one for a data set.
    static func path(for dataset: String) throws(ModelFileError) -> String {
        let name = dataset == "fashion-mnist" ? "pytorch-fashion-128-64" : "lenet-mnist"
        let places = DatasetLocation.assetFolders(named: "models").map { "\($0)/\(name).safetensors" }
        guard let path = places.first(where: FileManager.default.fileExists) else {
            throw ModelFileError(
                name, expected: "the network that comes with the program, or --model",
                found: "none in \(places.joined(separator: ", "))")
        }
        return path
    }
}
