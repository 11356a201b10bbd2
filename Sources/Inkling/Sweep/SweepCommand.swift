import ArgumentParser
import Datasets
import Files
import Foundation
import ModelFiles
import Ranks
import Training

struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Train many networks and compare them.",
        discussion: """
            Each run trains on one thread, as many runs side by side as there are cores, or over all machines under \
            mpirun; what comes out is what train with these options gives. Killed or interrupted, it goes on where it \
            was when it is started with the same options again.

            All combinations, each with 5 seeds:
              inkling sweep --learning-rate 0.01,0.03,0.1 --layers 64 --layers 128,64 --seeds 5
            20 settings at random, a range alike in all orders of magnitude:
              inkling sweep --draws 20 --learning-rate 0.001..0.1 --optimizer sgd,momentum,adam
            Keep the best network, and the runs' logs:
              inkling sweep --dropout 0,0.1,0.3 --save-best best.safetensors --logs runs
            Over two machines, with the program and the data on both:
              mpirun -n 2 --host a,b --bind-to none inkling sweep --learning-rate 0.01,0.1 --seeds 20
            """)

    @OptionGroup var options: SweepOptions

    @Option(
        help: ArgumentHelp(
            "Keep here what is done, to go on with. (default: sweep-….jsonl, named after the options)",
            valueName: "file"))
    var journal: String?

    @Flag(help: "Begin anew where there is a journal.")
    var overwrite = false

    @Option(
        help: ArgumentHelp(
            "Train the best run once more at the end and write its network: .safetensors, .npz or .onnx.",
            valueName: "file"))
    var saveBest: String?

    @Option(help: ArgumentHelp("Write the network of each run to this folder.", valueName: "folder"))
    var saveModels: String?

    @Option(help: ArgumentHelp("Write a log of each run to this folder, as train --log does.", valueName: "folder"))
    var logs: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Runs side by side, each on one thread. (default: all cores)", valueName: "count"))
    var threads: Int?

    @Flag(help: "Print one JSON object for each run, then for each setting.")
    var json = false

    /// Set for the process that trains: it gets orders on standard input.
    @Flag(help: .private) var worker = false

    func run() throws {
        if worker { return try SweepWorker(self).run() }
        signal(SIGPIPE, SIG_IGN)  // a worker that is gone must not end this process
        let world = try StartedRanks.join()
        let task = Result { try SweepTask(self) }
        guard let world else { return try Sweep(task.get(), self, ranks: nil).run() }
        let ranks = SweepRanks(world)
        guard let task = try ranks.agree(task) else {
            try world.leave()
            throw ExitCode.failure
        }
        if world.rank == 0 {
            do { try Sweep(task, self, ranks: ranks).run() } catch {
                try? ranks.finish()
                throw error
            }
        } else {
            try ranks.serve(task.makeWorker())
        }
    }
}

/// What is to be done, checked and the same on all ranks.
struct SweepTask {
    let plan: SweepPlan
    /// How long each run takes, in some unit.
    let work: [Double]
    let commandLine: String
    /// What tells the data sets from others of the same names.
    let data: String
    let threads: Int

    init(_ command: SweepCommand) throws {
        plan = try command.options.plan()
        if let threads = command.threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads: expected a whole number of 1 to 1024, found \(threads).")
        }
        threads = command.threads ?? StartedRanks.coresOfThisRank
        var (work, locations): ([Double], [String: DatasetLocation]) = ([], [:])
        for setting in plan.settings.indices {
            let options = try command.options.trainingOptions(plan.arguments(setting: setting))
            work.append(options.configuration.expectedWork)
            if locations[options.datasetName] == nil { locations[options.datasetName] = try options.locateDataset() }
        }
        self.work = plan.runs.map { work[$0.setting] }
        data = try locations.sorted { $0.key < $1.key }.map { try "\($0): \($1.fingerprint())" }.joined(separator: ", ")
        if let file = command.saveBest { try SavedModel.check(file) }
        for folder in [command.saveModels, command.logs].compactMap({ $0 }) {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try WholeFile.check((folder as NSString).appendingPathComponent("0"))
        }
        // A journal tells of runs whose networks and logs are there, too.
        let kept = [("save-models", command.saveModels), ("logs", command.logs)].compactMap { name, folder in
            folder.map { "--\(name) \($0)" }
        }
        commandLine = ([command.options.commandLine(plan)] + kept).joined(separator: " ")
    }

    /// The journal that goes with the options where none is named.
    var usualJournal: String {
        // FNV-1a (Fowler, Noll and Vo), of 32 bits.
        let hash = commandLine.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return "sweep-\(hash.hexadecimal).jsonl"
    }

    func makeWorker() throws -> WorkerProcess {
        try WorkerProcess(
            arguments: Array(CommandLine.arguments.dropFirst()) + ["--worker", "--threads", "\(threads)"])
    }
}
