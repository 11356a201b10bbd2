import CKernels
import Datasets
import Foundation
import Ranks
import Training

/// What must be the same on all ranks that work together.
struct RankCard: Codable {
    var host = ProcessInfo.processInfo.hostName
    /// What tells the program from other versions of it.
    var program = ""
    var options = ""
    /// What tells the data from others; empty where a rank has none and needs none.
    var data = ""
    var rounding = rounding(ofKernels: String(cString: inkling_kernels_name()))
    var problem: String?

    /// How sums are rounded: all kernels that multiply and add in one rounding give the same bits, however wide their
    /// vectors are.
    static func rounding(ofKernels name: String) -> String { name == "portable" ? name : "of fused kernels" }

    /// - Parameters:
    ///   - options: what the rank was asked for.
    ///   - data: what tells its data from others.
    init(options: () throws -> String, data: () throws -> String) {
        do {
            program = try Fingerprint.file(Bundle.main.executablePath ?? "")
            (self.options, self.data) = (try options(), try data())
        } catch { problem = String(describing: error) }
    }

    /// Shows all ranks' cards to each of them; rank 0 tells what is wrong with any.
    ///
    /// - Returns: whether nothing is.
    func agrees(in world: World) throws -> Bool {
        let cards = try world.allGather(Array(JSONLine(self).text.utf8)).map {
            try JSONDecoder().decode(RankCard.self, from: Data($0))
        }
        let problems = Self.problems(cards)
        if world.rank == 0 { problems.forEach(complain) }
        return problems.isEmpty
    }

    static func problems(_ cards: [RankCard]) -> [String] {
        guard let first = cards.first else { return [] }
        // What is wrong everywhere is told once.
        if let problem = first.problem { return [problem] }
        return cards.enumerated().dropFirst().compactMap { rank, card in
            let name = "rank \(rank) (\(card.host))"
            if let problem = card.problem { return "\(name): \(problem)" }
            for (what, expected, found) in [
                ("program", first.program, card.program), ("options", first.options, card.options),
                ("data", first.data, card.data.isEmpty ? first.data : card.data),
                ("rounding", first.rounding, card.rounding),
            ] where expected != found {
                return "\(name): expected the \(what) of rank 0 (\(first.host)), \(expected), found \(found)"
            }
            return nil
        }
    }
}
