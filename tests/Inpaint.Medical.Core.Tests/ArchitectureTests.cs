using System.Xml.Linq;
using Inpaint.Medical.Core.Pipeline;
using Inpaint.Medical.TestSupport;
using NetArchTest.Rules;
using Xunit;

namespace Inpaint.Medical.Core.Tests;

/// <summary>References point inward. What Core may not call besides (files, clock, randomness) its BannedSymbols.txt says.</summary>
public sealed class ArchitectureTests
{
    private const string Prefix = "Inpaint.Medical.";

    private static readonly string[] Adapters = ["Dicom", "Nifti", "Torch", "Storage"];

    [Fact]
    public void CoreReferencesOnlyTheRuntimeAndMathNet() => Assert.DoesNotContain(
        typeof(ReceiveStage).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!),
        name => !name.StartsWith("System.", StringComparison.Ordinal) && name != "MathNet.Numerics");

    [Theory]
    [InlineData("FellowOakDicom")]
    [InlineData("TorchSharp")]
    [InlineData("System.IO.File")]
    [InlineData("System.Net")]
    [InlineData("Microsoft.Extensions")]
    public void NoTypeOfCoreDependsOn(string what)
    {
        NetArchTest.Rules.TestResult result = Types.InAssembly(typeof(ReceiveStage).Assembly).ShouldNot().HaveDependencyOn(what).GetResult();

        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }

    [Theory]
    [InlineData("Interpolation")]
    [InlineData("Volumes")]
    [InlineData("Series")]
    [InlineData("Masking")]
    public void TheInnerFoldersOfCoreDoNotKnowTheStages(string folder)
    {
        NetArchTest.Rules.TestResult result = Types.InAssembly(typeof(ReceiveStage).Assembly)
            .That().ResideInNamespace("Inpaint.Medical.Core." + folder)
            .ShouldNot().HaveDependencyOn("Inpaint.Medical.Core.Pipeline").GetResult();

        Assert.True(result.IsSuccessful, string.Join(", ", result.FailingTypeNames ?? []));
    }

    [Fact]
    public void ProjectReferencesPointInward()
    {
        foreach ((string project, string[] references) in Projects())
        {
            string[] allowed = project switch
            {
                "Core" or "FellowOakDicom" => [],
                "Dicom" => ["Core", "FellowOakDicom"],
                "Validation" => ["Core", "Nifti", "Storage"],
                "Hosting" => ["Core", "Validation", .. Adapters],
                "Cli" or "Worker" => ["Core", "Hosting", "Validation", .. Adapters],
                _ => ["Core"],
            };
            Assert.True(references.All(allowed.Contains), $"{project} refers to {string.Join(", ", references.Except(allowed))}.");
        }
    }

    private static IEnumerable<(string Project, string[] References)> Projects()
    {
        string source = Path.Combine(SourceTree.Root(), "src");
        return Directory.GetFiles(source, "*.csproj", SearchOption.AllDirectories).Select(file => (
            Name(file),
            XDocument.Load(file).Descendants("ProjectReference").Select(reference => Name(reference.Attribute("Include")!.Value)).ToArray()));
    }

    private static string Name(string project) => Path.GetFileNameWithoutExtension(project.Replace('\\', '/'))[Prefix.Length..];
}
